using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Transactions in the last hour against this account's usual hour.</summary>
/// <remarks>
/// ln((1 + decayed 1 h count before this) / (1 + usual hourly count)), shrunk to the population in the first days.<br/>
/// Nats: 0.7 is twice, 2.3 ten times; about -5 to 20.<br/>
/// No account or history: slightly below 0.
/// </remarks>
internal sealed class Velocity1Hour : Feature
{
    public override string Name => "velocity_1h@1";

    public override string ReasonCode => "VELOCITY_1H";

    public override string Meaning => "Transactions in the last hour against this account's usual hour.";

    internal override double Value(in FeatureContext context) =>
        Activity.Burst(context.LastHour, 1, in context);

    internal override string Say(in ReasonContext context) => ReasonTexts.Burst(context.Baseline.Count1Hour, "an hour", 1, in context);
}
