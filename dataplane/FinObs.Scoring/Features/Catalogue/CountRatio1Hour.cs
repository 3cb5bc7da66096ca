using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Transactions of the last hour over what this account usually makes in one.</summary>
/// <remarks>(1 + decayed 1 h count) / (1 + usual hourly count), kept within 0..100. No history: 1.</remarks>
internal sealed class CountRatio1Hour : Feature
{
    public override string Name => "count_ratio_1h@1";

    public override string ReasonCode => "BURST_1H";

    public override string Meaning => "Transactions of the last hour over what this account usually makes in one.";

    internal override double Value(in FeatureContext context) =>
        Activity.CountRatio(context.LastHour, 1, in context);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Burst(context.Baseline.Count1Hour, "hour", 1, in context);
}
