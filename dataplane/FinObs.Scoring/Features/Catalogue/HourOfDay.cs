using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Hour of the local day.</summary>
/// <remarks>Range 0 to 24, with minutes as fractions.</remarks>
internal sealed class HourOfDay : Feature
{
    public override string Name => "hour@1";

    public override string ReasonCode => "HOUR";

    public override string Meaning => "Hour of the local day.";

    internal override double Value(in FeatureContext context) =>
        context.Hour;

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Hour(in context);
}
