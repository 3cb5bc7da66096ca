using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from this account's own of the same type, shrunk to the type while the history is short.</summary>
/// <remarks>exp(z) - 1, z within ±5: range -1 to 147.4. First of its type: against the type in the population, moved by how far the account as a whole lies from the population. Without an exchange rate: 0.</remarks>
internal sealed class AmountZAccountType : Feature
{
    public override string Name => "amount_z_account_type@1";

    public override string ReasonCode => "AMOUNT_VS_ACCOUNT_TYPE";

    public override string Meaning => "Deviations of the log amount from this account's own of the same type, shrunk to the type while the history is short.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount ? Evidence.Widen(Evidence.Deviations(context.Log, context.AccountType, context.Type.LogMean, context.Priors)) : 0;

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.AmountAgainstAccountType(in context);
}
