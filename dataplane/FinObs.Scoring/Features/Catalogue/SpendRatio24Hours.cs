using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Amount and spend of the last 24 hours over a usual day's spend of this account.</summary>
/// <remarks>(amount + decayed 24 h sum) / (usual daily spend, shrunk to the population), kept within 0..100. Without an exchange rate: the amount counts nothing.</remarks>
internal sealed class SpendRatio24Hours : Feature
{
    public override string Name => "spend_ratio_24h@1";

    public override string ReasonCode => "SPEND_24H";

    public override string Meaning => "Amount and spend of the last 24 hours over a usual day's spend of this account.";

    internal override double Value(in FeatureContext context) =>
        Activity.SpendRatio(in context);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Spend(in context);
}
