using System.Text.Json.Serialization;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Decisions;

/// <summary>One reason of a decision: the model's, or a rule's.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Feature">Catalogue name of the feature behind it; empty for a rule's.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Contribution">How much it raised the margin; 0 for a rule's.</param>
/// <param name="Rule">The rule that said so; null for the model's.</param>
internal sealed record DecisionReason(
    string Code, string Feature, string Text, double Contribution, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleMark? Rule = null)
{
    public static DecisionReason Of(ReasonCode reason) => new(reason.Code, reason.Feature, reason.Text, reason.Contribution);
}

/// <summary>Which rule, in which version, asked by what, and what it asked for.</summary>
/// <param name="Id">The rule's.</param>
/// <param name="Version">As it was then.</param>
/// <param name="Regulation">A law by paragraph, or internal policy.</param>
/// <param name="Outcome"><c>manual_review</c>, <c>block</c>, <c>silenced</c> by an allow list, or <c>allow</c>.</param>
internal sealed record RuleMark(string Id, int Version, string Regulation, string Outcome)
{
    public const string Silenced = "silenced";
    public const string Allow = "allow";
}
