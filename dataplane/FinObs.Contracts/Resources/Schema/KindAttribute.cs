namespace FinObs.Contracts.Resources.Schema;

/// <summary>Names of a kind.</summary>
/// <param name="kind">The kind, e.g. <c>ModelVersion</c>.</param>
/// <param name="plural">Its plural in paths, e.g. <c>modelversions</c>.</param>
/// <param name="shortName">What one types, e.g. <c>mv</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string kind, string plural, string shortName) : Attribute
{
    /// <summary>The kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>Its plural in paths.</summary>
    public string Plural { get; } = plural;

    /// <summary>What one types.</summary>
    public string ShortName { get; } = shortName;
}

/// <summary>The kind has a scale subresource; JSON paths as the API server takes them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleAttribute : Attribute
{
    /// <summary>Where the wanted number stands.</summary>
    public required string SpecReplicasPath { get; init; }

    /// <summary>Where the actual number stands.</summary>
    public required string StatusReplicasPath { get; init; }

    /// <summary>Where the label selector of the pods stands.</summary>
    public required string LabelSelectorPath { get; init; }
}

/// <summary>A column of <c>kubectl get</c>, in the order in which they are declared.</summary>
/// <param name="name">Its heading.</param>
/// <param name="jsonPath">Where its value stands, e.g. <c>.spec.model</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, string jsonPath) : Attribute
{
    /// <summary>Its heading.</summary>
    public string Name { get; } = name;

    /// <summary>Where its value stands.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</summary>
    public string Type { get; init; } = "string";

    /// <summary>What the column says.</summary>
    public string? Description { get; init; }

    /// <summary>Shown only with <c>-o wide</c>.</summary>
    public bool Wide { get; init; }
}

/// <summary>May be selected by: <c>kubectl get mv --field-selector spec.model=card-fraud</c>.</summary>
/// <param name="jsonPath">The field, e.g. <c>.spec.model</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class SelectableFieldAttribute(string jsonPath) : Attribute
{
    /// <summary>The field.</summary>
    public string JsonPath { get; } = jsonPath;
}
