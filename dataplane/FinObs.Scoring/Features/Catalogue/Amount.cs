using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Amount in the base currency.</summary>
/// <remarks>Range 0 to 1e12. Without an exchange rate: the median amount of the population.</remarks>
internal sealed class Amount : Feature
{
    public override string Name => "amount@1";

    public override string ReasonCode => "AMOUNT_HIGH";

    public override string Meaning => "Amount in the base currency.";

    internal override double Value(in FeatureContext context) =>
        context.Amount;

    internal override string Say(in ReasonContext context) =>
        $"Amount is {context.Amount}; the median of all accounts is {context.Money(context.Schema.Population.MedianAmount)}";
}
