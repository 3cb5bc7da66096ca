namespace FinObs.Contracts.Resources.Schema;

/// <summary>The list is a map: no two items have the same value in this field (<c>x-kubernetes-list-type: map</c>), so that two appliers may own different items.</summary>
/// <param name="key">Name of the field, in camel case.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapKeyAttribute(string key) : Attribute
{
    /// <summary>Name of the field.</summary>
    public string Key { get; } = key;
}

/// <summary>The list is a set: no item stands in it twice (<c>x-kubernetes-list-type: set</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;
