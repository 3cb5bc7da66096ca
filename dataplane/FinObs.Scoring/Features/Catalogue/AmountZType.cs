using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from all accounts' of the same type.</summary>
/// <remarks>exp(z) - 1, z within ±5: range -1 to 147.4. A type that training never saw: against the whole population. Without an exchange rate: 0.</remarks>
internal sealed class AmountZType : Feature
{
    public override string Name => "amount_z_type@1";

    public override string ReasonCode => "AMOUNT_VS_TYPE";

    public override string Meaning => "Deviations of the log amount from all accounts' of the same type.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount ? Evidence.Widen((context.Log - context.Type.LogMean) / context.Type.LogDeviation) : 0;

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.AmountAgainstType(in context);
}
