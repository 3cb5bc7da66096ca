using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Rarity of these three hours of the day for this account.</summary>
/// <remarks>
/// -ln(8 × share of the three local hours), shrunk to the population's share with the weight of ten transactions; remembers 200.<br/>
/// Nats, about -2 to 8.<br/>
/// No account or history: the population's share.
/// </remarks>
internal sealed class HourSurprise : Feature
{
    public override string Name => "hour_surprise@1";

    public override string ReasonCode => "HOUR_UNUSUAL";

    public override string Meaning => "Rarity of these three hours of the day for this account.";

    internal override double Value(in FeatureContext context) =>
        Habit.HourSurprise(in context);

    internal override string Say(in ReasonContext context) => ReasonTexts.HourOfAccount(in context);
}
