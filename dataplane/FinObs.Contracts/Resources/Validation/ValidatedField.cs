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

    /// <summary>What is wrong with a value: where in it, as the API server names the place, and what.</summary>
    public IEnumerable<(string At, string Problem)> Problems(object value) => value is IEnumerable many and not string
        ? OfMany([.. many.Cast<object>()])
        : OfOne(value).Select(problem => ("", problem));

    private IEnumerable<string> OfOne(object value) => value switch
    {
        string text => OfText(text),
        decimal number when _pattern is not null && !Patterns.IsMatch(_pattern.Pattern, number.ToString(CultureInfo.InvariantCulture)) => [$"must match {_pattern.Pattern}"],
        int number when _range is not null && !_range.IsValid(number) => [$"must be from {_range.Minimum} to {_range.Maximum}, not {number}"],
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

    private IEnumerable<(string At, string Problem)> OfMany(IReadOnlyList<object> items)
    {
        if (items.Count < (_minItems ?? 0) || items.Count > (_maxItems ?? int.MaxValue))
        {
            yield return ("", _maxItems is null ? $"must have at least {_minItems} items, not {items.Count}" : $"must have {_minItems ?? 0} to {_maxItems} items, not {items.Count}");
        }

        HashSet<object?> seen = [];
        for (int i = 0; i < items.Count; i++)
        {
            (string at, string? text) = items[i] is KeyValuePair<string, string> pair ? ($".{pair.Key}", pair.Value) : ($"[{i}]", items[i] as string);
            if (_items is not null && text is not null && (CharactersOf(text) > _items.MaxLength || !Patterns.IsMatch(_items.Pattern, text)))
            {
                yield return (at, $"must match {_items.Pattern} and have at most {_items.MaxLength} characters");
            }

            if ((_key is not null || _isSet) && !seen.Add(KeyOf(items[i])))
            {
                yield return (at, $"\"{KeyOf(items[i])}\" stands in the list twice");
            }
        }
    }

    /// <summary>As the API server counts them.</summary>
    private static int CharactersOf(string text) => text.EnumerateRunes().Count();

    private object? KeyOf(object item) =>
        _key is null ? item : item.GetType().GetProperties().First(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == _key).GetValue(item);
}
