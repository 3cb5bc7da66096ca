using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Rarity of the hour of the day among all accounts.</summary>
/// <remarks>
/// -ln(24 × share of this local hour), the share smoothed by one transaction an hour.<br/>
/// Nats: 0 is an average hour, 2.3 one that is ten times rarer.<br/>
/// No account or history: the same.
/// </remarks>
internal sealed class HourRarity : Feature
{
    public override string Name => "hour_rarity@1";

    public override string ReasonCode => "HOUR_UNUSUAL";

    public override string Meaning => "Rarity of the hour of the day among all accounts.";

    internal override double Value(in FeatureContext context) =>
        Habit.HourRarity(in context);

    internal override string Say(in ReasonContext context) => ReasonTexts.HourOfAll(in context);
}
