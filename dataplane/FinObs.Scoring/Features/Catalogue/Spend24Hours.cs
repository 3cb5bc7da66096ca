using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>What the account moved in 24 hours, this transaction included, against its usual day.</summary>
/// <remarks>
/// exp(z) - 1, z = ln((24 h sum + amount) / usual day) / deviation of log amounts, within ±5; the usual day is shrunk to the population's while the history is shorter than days.<br/>
/// No unit, -1 to 147.4.<br/>
/// No account or history: this amount against the population's day. No exchange rate: the median amount stands in.
/// </remarks>
internal sealed class Spend24Hours : Feature
{
    public override string Name => "spend_24h@1";

    public override string ReasonCode => "SPEND_24H";

    public override string Meaning => "What the account moved in 24 hours, this transaction included, against its usual day.";

    internal override double Value(in FeatureContext context) =>
        Evidence.Widen(Activity.SpendDeviations(in context));

    internal override string Say(in ReasonContext context) => ReasonTexts.Spend(in context);
}
