using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Transactions in the last 24 hours against this account's usual day.</summary>
/// <remarks>
/// ln((1 + decayed 24 h count before this) / (1 + usual daily count)), shrunk to the population in the first days.<br/>
/// Nats: 0.7 is twice, 2.3 ten times; about -8 to 20.<br/>
/// No account or history: below 0.
/// </remarks>
internal sealed class Velocity24Hours : Feature
{
    public override string Name => "velocity_24h@1";

    public override string ReasonCode => "VELOCITY_24H";

    public override string Meaning => "Transactions in the last 24 hours against this account's usual day.";

    internal override double Value(in FeatureContext context) =>
        Math.Log(Activity.Ratio(context.LastDay, 24, in context));

    internal override string Say(in ReasonContext context) => ReasonTexts.Burst(context.Baseline.Count24Hours, "24 hours", 24, in context);
}
