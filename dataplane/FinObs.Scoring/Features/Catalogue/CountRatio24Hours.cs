using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Transactions of the last 24 hours over what this account usually makes in a day.</summary>
/// <remarks>(1 + decayed 24 h count) / (1 + usual daily count), kept within 0..100. No history: 1.</remarks>
internal sealed class CountRatio24Hours : Feature
{
    public override string Name => "count_ratio_24h@1";

    public override string ReasonCode => "BURST_24H";

    public override string Meaning => "Transactions of the last 24 hours over what this account usually makes in a day.";

    internal override double Value(in FeatureContext context) =>
        Activity.CountRatio(context.LastDay, 24, in context);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Burst(context.Baseline.Count24Hours, "24 hours", 24, in context);
}
