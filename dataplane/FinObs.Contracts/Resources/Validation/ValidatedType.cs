using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.Validation;

/// <summary>What the attributes of a record say, read once.</summary>
internal sealed class ValidatedType
{
    private static readonly ConcurrentDictionary<Type, ValidatedType> Known = [];

    private ValidatedType(Type type)
    {
        Fields = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsField).Select(property => new ValidatedField(property))];
        Rules = [.. type.GetCustomAttributes<RuleAttribute>(inherit: false).Select(rule => new ValidatedRule(rule, type))];
    }

    public IReadOnlyList<ValidatedField> Fields { get; }

    public IReadOnlyList<ValidatedRule> Rules { get; }

    public static ValidatedType Of(Type type) => Known.GetOrAdd(type, key => new ValidatedType(key));

    /// <summary>Lists are none, though the compiler makes those of collection expressions within this assembly.</summary>
    public static bool IsRecordOfOurs(Type type) => type.IsClass && type.Assembly == typeof(ValidatedType).Assembly && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>The status is the operator's own writing, and metadata the API server's.</summary>
    private static bool IsField(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0
        && property.Name is not "EqualityContract"
        && !(typeof(CustomResource).IsAssignableFrom(property.DeclaringType) && property.Name is "Status" or "Metadata" or "ApiVersion" or "Kind");
}

/// <summary>One rule with the method that checks it.</summary>
internal sealed class ValidatedRule
{
    private readonly MethodInfo _check;
    private readonly bool _aboutChange;

    public ValidatedRule(RuleAttribute rule, Type declaring)
    {
        Message = rule.Message;
        FieldPath = rule.FieldPath;
        _check = declaring.GetMethod(rule.Check, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            ?? throw new InvalidOperationException($"{declaring.Name} has no static method {rule.Check} for its rule \"{rule.Message}\".");
        _aboutChange = _check.GetParameters().Length == 2;
    }

    public string Message { get; }

    public string? FieldPath { get; }

    public bool Holds(object self, object? old) =>
        _aboutChange ? old is null || (bool)_check.Invoke(null, [self, old])! : (bool)_check.Invoke(null, [self])!;
}
