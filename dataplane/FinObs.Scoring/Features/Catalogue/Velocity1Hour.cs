using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Transactions in the last hour against this account's usual hour.</summary>
/// <remarks>
/// (1 + decayed 1 h count before this) / (1 + usual hourly count) - 1, shrunk to the population in the first days; not a log, so that a burst keeps its heavy tail.<br/>
/// No unit, at most 1e6; 0 as usual, 9 ten times.<br/>
/// No account or history: slightly below 0.
/// </remarks>
internal sealed class Velocity1Hour : Feature
{
    public override string Name => "velocity_1h@1";

    public override string ReasonCode => "VELOCITY_1H";

    public override string Meaning => "Transactions in the last hour against this account's usual hour.";

    internal override double Value(in FeatureContext context) =>
        Math.Min(Activity.Ratio(context.LastHour, 1, in context) - 1, 1e6);

    internal override string Say(in ReasonContext context) => ReasonTexts.Burst(context.Baseline.Count1Hour, "an hour", 1, in context);
}
