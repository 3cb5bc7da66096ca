using FinObs.Contracts.Transactions;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Ingestion;

/// <summary>How sure an answer is, from nothing but the score's place among the thresholds: 50 on a threshold (the next transaction might fall on the
/// other side), 100 a decade of rarity away from the nearest. It is not a probability of fraud.</summary>
internal static class MonitorConfidence
{
    // Scores are stored to 1e-6: nothing is rarer than one in a million.
    private const double MinTail = 1e-6;

    /// <summary>Confidence 50..100 in what the thresholds say of a score.</summary>
    /// <param name="score">Calibrated score in 0..1.</param>
    /// <param name="thresholds">Where review and block begin.</param>
    public static int Of(double score, DecisionThresholds thresholds)
    {
        double rarity = Rarity(score);
        double distance = Math.Min(Math.Abs(rarity - Rarity(thresholds.ReviewAt)), Math.Abs(rarity - Rarity(thresholds.BlockAt)));
        return (int)Math.Round(50 + (50 * Math.Min(1, distance)), MidpointRounding.AwayFromZero);
    }

    /// <summary>What the thresholds alone say of a score.</summary>
    public static Decision DecisionOf(double score, DecisionThresholds thresholds) =>
        score >= thresholds.BlockAt ? Decision.Block : score >= thresholds.ReviewAt ? Decision.Review : Decision.Approve;

    // Decades: 0.9 is 1, 0.99 is 2, 0.999 is 3. Equal steps are equal factors of the alert rate, where the score itself is all but flat.
    private static double Rarity(double score) => -Math.Log10(Math.Clamp(1 - score, MinTail, 1));
}
