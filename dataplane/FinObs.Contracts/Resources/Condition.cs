using System.ComponentModel.DataAnnotations;

namespace FinObs.Contracts.Resources;

/// <summary>Whether something holds, in the form of the Kubernetes API conventions (metav1.Condition).</summary>
public sealed record Condition
{
    /// <summary>What is spoken of, e.g. <c>Ready</c>.</summary>
    [StringLength(316), RegularExpression("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")]
    public required string Type { get; init; }

    /// <summary>Whether it holds.</summary>
    public required ConditionStatus Status { get; init; }

    /// <summary>Why, in one word from a closed list.</summary>
    [StringLength(1024, MinimumLength = 1), RegularExpression("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    public required string Reason { get; init; }

    /// <summary>Why, in a sentence.</summary>
    [StringLength(32768)]
    public string Message { get; init; } = "";

    /// <summary>When <see cref="Status"/> last changed.</summary>
    public required DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>The generation of the spec it was found for.</summary>
    public long? ObservedGeneration { get; init; }
}

/// <summary>Whether a condition holds.</summary>
public enum ConditionStatus
{
    /// <summary>Nobody knows yet.</summary>
    Unknown = 0,

    /// <summary>It holds.</summary>
    True = 1,

    /// <summary>It does not.</summary>
    False = 2,
}

/// <summary>Types of conditions that every kind may have.</summary>
public static class ConditionTypes
{
    /// <summary>The object is what its spec asks for: all the specific conditions together.</summary>
    public const string Ready = "Ready";

    /// <summary>Work is under way; there only while true.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>It will not get on without a change from outside; there only while true.</summary>
    public const string Stalled = "Stalled";
}
