using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Amount in the base currency.</summary>
/// <remarks>
/// |amount| × rate.<br/>
/// Base currency, 0 to 1e12.<br/>
/// No account or history: the same. No exchange rate: the population's median.
/// </remarks>
internal sealed class Amount : Feature
{
    public override string Name => "amount@1";

    public override string ReasonCode => "AMOUNT_HIGH";

    public override string Meaning => "Amount in the base currency.";

    internal override double Value(in FeatureContext context) =>
        context.Amount;

    internal override string Say(in ReasonContext context) => ReasonTexts.Amount(in context);
}
