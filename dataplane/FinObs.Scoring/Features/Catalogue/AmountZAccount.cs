using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from this account's own, shrunk to the population while the history is short.</summary>
/// <remarks>exp(z) - 1, z within ±5: range -1 to 147.4. First transaction or no account: against the population. Without an exchange rate: 0.</remarks>
internal sealed class AmountZAccount : Feature
{
    public override string Name => "amount_z_account@1";

    public override string ReasonCode => "AMOUNT_VS_ACCOUNT";

    public override string Meaning => "Deviations of the log amount from this account's own, shrunk to the population while the history is short.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount ? Evidence.Widen(Evidence.Deviations(context.Log, context.Account, context.Population.LogMean, context.Priors)) : 0;

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.AmountAgainstAccount(in context);
}
