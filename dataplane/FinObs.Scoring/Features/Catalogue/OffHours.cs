using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>1 from midnight to six in the morning, local; else 0.</summary>
/// <remarks>No account or history: the same.</remarks>
internal sealed class OffHours : Feature
{
    public override string Name => "off_hours@1";

    public override string ReasonCode => "OFF_HOURS";

    public override string Meaning => "1 from midnight to six in the morning, local; else 0.";

    internal override double Value(in FeatureContext context) =>
        LocalHour.IsOff(context.Hour) ? 1 : 0;

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Hour(in context);
}
