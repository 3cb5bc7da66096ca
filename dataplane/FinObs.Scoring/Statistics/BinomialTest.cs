using MathNet.Numerics;

namespace FinObs.Scoring.Statistics;

/// <summary>Whether a share may be what is claimed: exact one-sided binomial tests, equal to <c>scipy.stats.binomtest</c>.</summary>
public static class BinomialTest
{
    /// <summary>P(X ≤ hits) of n trials with the claimed share: small where there are too few hits.</summary>
    /// <param name="hits">0..n.</param>
    /// <param name="trials">n ≥ 0.</param>
    /// <param name="share">The claim, 0..1.</param>
    /// <returns>1 without trials.</returns>
    /// <remarks>P(X ≤ k) = I(1 - p; n - k, k + 1), the regularised incomplete beta function.</remarks>
    public static double Less(long hits, long trials, double share) =>
        hits >= trials ? 1 : hits < 0 ? 0 : share <= 0 ? 1 : share >= 1 ? 0 : SpecialFunctions.BetaRegularized(trials - hits, hits + 1.0, 1 - share);

    /// <summary>P(X ≥ hits): small where there are too many.</summary>
    /// <param name="hits">0..n.</param>
    /// <param name="trials">n ≥ 0.</param>
    /// <param name="share">The claim, 0..1.</param>
    public static double Greater(long hits, long trials, double share) =>
        hits <= 0 ? 1 : hits > trials ? 0 : share <= 0 ? 0 : share >= 1 ? 1 : SpecialFunctions.BetaRegularized(hits, trials - hits + 1.0, share);
}
