using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.Validation;

/// <summary>What the attributes of one field say.</summary>
internal sealed class ValidatedField
{
    private readonly PropertyInfo _property;
    private readonly StringLengthAttribute? _length;
    private readonly RegularExpressionAttribute? _pattern;
    private readonly RangeAttribute? _range;
    private readonly int? _minItems;
    private readonly int? _maxItems;
    private readonly ItemPatternAttribute? _items;
    private readonly string? _key;
    private readonly bool _isSet;

    public ValidatedField(PropertyInfo property)
    {
        _property = property;
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        _length = property.GetCustomAttribute<StringLengthAttribute>();
        _pattern = property.GetCustomAttribute<RegularExpressionAttribute>();
        _range = property.GetCustomAttribute<RangeAttribute>();
        _minItems = property.GetCustomAttribute<MinLengthAttribute>()?.Length;
        _maxItems = property.GetCustomAttribute<MaxLengthAttribute>()?.Length;
        _items = property.GetCustomAttribute<ItemPatternAttribute>();
        _key = property.GetCustomAttribute<ListMapKeyAttribute>()?.Key;
        _isSet = property.GetCustomAttribute<ListSetAttribute>() is not null;
        IsImmutable = property.GetCustomAttribute<ImmutableAttribute>() is not null;
        Rules = [.. property.GetCustomAttributes<RuleAttribute>().Select(rule => new ValidatedRule(rule, property.DeclaringType!))];
    }

    public string Name { get; }

    public bool IsImmutable { get; }

    public IReadOnlyList<ValidatedRule> Rules { get; }

    public object? ValueOf(object self) => _property.GetValue(self);

    public IEnumerable<string> Problems(object value) => value switch
    {
        string text => OfText(text),
        decimal number when _pattern is not null && !Patterns.IsMatch(_pattern.Pattern, number.ToString(CultureInfo.InvariantCulture)) => [$"must match {_pattern.Pattern}"],
        int number when _range is not null && !_range.IsValid(number) => [$"must be from {_range.Minimum} to {_range.Maximum}, not {number}"],
        IEnumerable many => OfMany([.. many.Cast<object>()]),
        _ => [],
    };

    private IEnumerable<string> OfText(string text)
    {
        int length = CharactersOf(text);
        if (_length is not null && (length < _length.MinimumLength || length > _length.MaximumLength))
        {
            yield return $"must be {_length.MinimumLength} to {_length.MaximumLength} characters long, not {length}";
        }
        else if (_pattern is not null && !Patterns.IsMatch(_pattern.Pattern, text))
        {
            yield return $"must match {_pattern.Pattern}";
        }
    }

    private IEnumerable<string> OfMany(IReadOnlyList<object> items)
    {
        if (items.Count < (_minItems ?? 0) || items.Count > (_maxItems ?? int.MaxValue))
        {
            yield return _maxItems is null ? $"must have at least {_minItems} items, not {items.Count}" : $"must have {_minItems ?? 0} to {_maxItems} items, not {items.Count}";
        }

        if (_items is not null && items.Select(TextOf).FirstOrDefault(text => text is not null && (CharactersOf(text) > _items.MaxLength || !Patterns.IsMatch(_items.Pattern, text))) is { } bad)
        {
            yield return $"\"{bad}\" must match {_items.Pattern} and have at most {_items.MaxLength} characters";
        }

        if ((_key is not null || _isSet) && items.GroupBy(KeyOf).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return $"\"{twice.Key}\" stands in it twice";
        }
    }

    /// <summary>As the API server counts them.</summary>
    private static int CharactersOf(string text) => text.EnumerateRunes().Count();

    private static string? TextOf(object item) => item as string ?? (item is KeyValuePair<string, string> pair ? pair.Value : null);

    private object? KeyOf(object item) =>
        _key is null ? item : item.GetType().GetProperties().First(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == _key).GetValue(item);
}
