using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Drift;

/// <summary>What comparing one feature's window with its reference gave.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Categorical">Categories instead of an order.</param>
/// <param name="Rows">Finite values in the window.</param>
/// <param name="PopulationStability">PSI over the coarse bins; for categories over these.</param>
/// <param name="ExpectedPopulationStability">What the index is on average where nothing has changed, with these sizes.</param>
/// <param name="KolmogorovSmirnov">Bounds on the distance; NaN for categories.</param>
/// <param name="JensenShannon">Distance, base 2, 0..1.</param>
/// <param name="Wasserstein">In reference standard deviations; NaN for categories.</param>
/// <param name="PValue">Of KS at its lower bound, or of chi-squared for categories.</param>
/// <param name="MissingRate">Share of rows without a finite value.</param>
/// <param name="UnseenRate">Share of finite values that are no known category; 0 for numbers.</param>
public sealed record FeatureDrift(
    string Name, bool Categorical, long Rows, double PopulationStability, double ExpectedPopulationStability, DistanceBounds KolmogorovSmirnov, double JensenShannon, double Wasserstein, double PValue,
    double MissingRate, double UnseenRate)
{
    /// <summary>Compares a window with the reference. Costs the number of bins, not of rows.</summary>
    /// <param name="bins">The feature's.</param>
    /// <param name="window">Counts in its fine bins.</param>
    /// <param name="missing">Rows without a finite value.</param>
    public static FeatureDrift Of(FeatureBins bins, ReadOnlySpan<long> window, long missing)
    {
        Span<long> coarse = stackalloc long[bins.Coarse.Length];
        long rows = 0;
        for (int i = 0; i < window.Length; i++)
        {
            coarse[bins.CoarseOf[i]] += window[i];
            rows += window[i];
        }

        long reference = Sum(bins.Coarse), sampled = Sum(bins.Fine);
        double missingRate = rows + missing == 0 ? 0 : missing / (double)(rows + missing);
        double psi = rows == 0 ? double.NaN : Divergence.PopulationStability(bins.Coarse, coarse);
        double expected = rows == 0 ? double.NaN : Divergence.ExpectedPopulationStability(bins.Coarse.Length, reference, rows);
        double shannon = Divergence.JensenShannon(bins.Coarse, coarse);
        if (bins.IsCategorical)
        {
            double p = ChiSquared.Homogeneity(bins.Fine, window).PValue;
            return new FeatureDrift(bins.Name, true, rows, psi, expected, new DistanceBounds(double.NaN, double.NaN), shannon, double.NaN, p, missingRate, rows == 0 ? 0 : window[^1] / (double)rows);
        }

        DistanceBounds bounds = BinnedDistribution.KolmogorovSmirnov(bins.Fine, window);
        double pValue = rows == 0 ? 1 : Statistics.KolmogorovSmirnov.LimitPValue(bounds.Low, sampled, rows);
        double moved = rows == 0 ? double.NaN : BinnedDistribution.Wasserstein(bins.Edges, bins.Fine, window, bins.Scale);
        return new FeatureDrift(bins.Name, false, rows, psi, expected, bounds, shannon, moved, pValue, missingRate, 0);
    }

    /// <summary>Compares every feature of a window.</summary>
    /// <param name="bins">F bins, those of <paramref name="window"/>.</param>
    /// <param name="window">Counts.</param>
    public static FeatureDrift[] Of(FeatureBins[] bins, DriftCounts window)
    {
        FeatureDrift[] all = new FeatureDrift[bins.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = Of(bins[i], window.Of(i), window.Missing(i));
        }

        return all;
    }

    private static long Sum(long[] counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
