using FinObs.DataPlane.Decisions.Rules.Kinds;
using FinObs.DataPlane.Decisions.Rules.Reading;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>A type of rule as files name it.</summary>
/// <param name="Name">E.g. <c>amountLimit</c>.</param>
/// <param name="Text">What it says unless the file says it otherwise.</param>
/// <param name="Places">What may stand in braces in a text.</param>
/// <param name="Read">Makes one of its own fields.</param>
internal sealed record RuleKind(string Name, string Text, IReadOnlyList<string> Places, Func<RuleReader, RuleHead, Rule> Read)
{
    /// <summary>Whether a rule of it must say Review or Block.</summary>
    public bool HasOutcome { get; init; } = true;

    public static IReadOnlyList<RuleKind> All { get; } =
    [
        AmountLimitRule.Kind, StructuringRule.Kind, VelocityRule.Kind, DenyListRule.Kind, AllowListRule.Kind, OffHoursRule.Kind, NewCounterpartyRule.Kind, CountryRule.Kind,
        CrossBorderRule.Kind, MetaFieldRule.Kind,
    ];
}
