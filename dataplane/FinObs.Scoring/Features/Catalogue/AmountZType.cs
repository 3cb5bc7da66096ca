using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Deviations of the log amount from all accounts' of the same type and direction.</summary>
/// <remarks>
/// exp(z) - 1, z = (ln(1 + amount) - mean of type) / deviation of type within ±5.<br/>
/// No unit, -1 to 147.4.<br/>
/// No account or history: the same. Type unknown in training: the whole population. No exchange rate: 0.
/// </remarks>
internal sealed class AmountZType : Feature
{
    public override string Name => "amount_z_type@1";

    public override string ReasonCode => "AMOUNT_VS_TYPE";

    public override string Meaning => "Deviations of the log amount from all accounts' of the same type and direction.";

    internal override double Value(in FeatureContext context) =>
        context.HasAmount ? Evidence.Widen((context.Log - context.Type.Statistics.LogMean) / context.Type.Statistics.LogDeviation) : 0;

    internal override string Say(in ReasonContext context) => ReasonTexts.AmountAgainstType(in context);
}
