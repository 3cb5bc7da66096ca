using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from this account's own of the same type and direction.</summary>
/// <remarks>
/// As amount_z_account, over one type; shrunk to the type's mean in the population, moved by how far the account lies from the population in all its types.<br/>
/// No unit, -1 to 147.4.<br/>
/// No account or history: against the type. Not among the account's four most frequent types: against that moved mean. Type unknown in training: the population stands in. No exchange rate: 0.
/// </remarks>
internal sealed class AmountZAccountType : Feature
{
    public override string Name => "amount_z_account_type@1";

    public override string ReasonCode => "AMOUNT_VS_ACCOUNT_TYPE";

    public override string Meaning => "Deviations of the log amount from this account's own of the same type and direction.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount
            ? Evidence.Widen(Evidence.Deviations(context.Log, context.AccountType, context.Type.Statistics.LogMean + context.AccountOffset, context.Basis))
            : 0;

    internal override string Say(in ReasonContext context) => ReasonTexts.AmountAgainstAccountType(in context);
}
