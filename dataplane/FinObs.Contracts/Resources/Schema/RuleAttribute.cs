namespace FinObs.Contracts.Resources.Schema;

/// <summary>A rule between fields: as CEL for the API server (<c>x-kubernetes-validations</c>), as a method for everybody else. Both say the same.</summary>
/// <param name="cel">The rule in the Common Expression Language; <c>self</c> is the value it stands on, <c>oldSelf</c> the value before a change.</param>
/// <param name="message">What is wrong and what to write instead.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class RuleAttribute(string cel, string message) : Attribute
{
    /// <summary>The rule in CEL.</summary>
    public string Cel { get; } = cel;

    /// <summary>What is wrong and what to write instead.</summary>
    public string Message { get; } = message;

    /// <summary>
    /// Name of a static method of the declaring type that says whether the rule holds: <c>bool Rule(T self)</c>, or <c>bool Rule(T self, T old)</c> for a rule about
    /// a change, which is asked only where there is an old value.
    /// </summary>
    public required string Check { get; init; }

    /// <summary>Which field the error is shown at, relative to the value the rule stands on, e.g. <c>.blockAt</c>; none = the value itself.</summary>
    public string? FieldPath { get; init; }
}
