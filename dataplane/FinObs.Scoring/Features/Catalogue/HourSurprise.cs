using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Surprise of these three hours of the day for this account, -ln of their share, shrunk to the population's.</summary>
/// <remarks>About 0 to 8. No history: the surprise for the population.</remarks>
internal sealed class HourSurprise : Feature
{
    public override string Name => "hour_surprise@1";

    public override string ReasonCode => "HOUR_UNUSUAL";

    public override string Meaning => "Surprise of these three hours of the day for this account, -ln of their share, shrunk to the population's.";

    internal override double Value(in FeatureContext context) =>
        Habit.HourSurprise(in context);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Hour(in context);
}
