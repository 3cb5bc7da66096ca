using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from this account's own.</summary>
/// <remarks>
/// exp(z) - 1, z = (ln(1 + amount) - mean) / deviation within ±5; mean and variance shrunk to the population's by the share of variance between accounts.<br/>
/// No unit, -1 to 147.4; 1.7 is one deviation above.<br/>
/// No account or history: against the population. No exchange rate: 0.
/// </remarks>
internal sealed class AmountZAccount : Feature
{
    public override string Name => "amount_z_account@1";

    public override string ReasonCode => "AMOUNT_VS_ACCOUNT";

    public override string Meaning => "Deviations of the log amount from this account's own.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount ? Evidence.Widen(Evidence.Deviations(context.Log, context.Account, context.Population.LogMean, context.Basis)) : 0;

    internal override string Say(in ReasonContext context) => ReasonTexts.AmountAgainstAccount(in context);
}
