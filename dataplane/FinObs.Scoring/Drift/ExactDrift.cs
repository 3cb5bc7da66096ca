using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Drift;

/// <summary>One feature compared row by row, and not by counts.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Categorical">Categories instead of an order.</param>
/// <param name="ReferenceRows">Finite values of the reference sample.</param>
/// <param name="Rows">Finite values of the window.</param>
/// <param name="Missing">Rows of the window without one.</param>
/// <param name="Statistic">Kolmogorov-Smirnov distance; χ² of categories.</param>
/// <param name="PValue">Of it.</param>
/// <param name="ExactPValue">The p-value is of the exact distribution; its limit where a sample has more than <see cref="KolmogorovSmirnov.MostExact"/> values, and for categories.</param>
/// <param name="PopulationStability">Over the deciles of the reference sample, open at both ends; for categories over these.</param>
public sealed record ExactDrift(string Name, bool Categorical, int ReferenceRows, int Rows, int Missing, double Statistic, double PValue, bool ExactPValue, double PopulationStability)
{
    private const int Deciles = 10;

    /// <summary>Numbers: the two-sample test of <c>scipy.stats.ks_2samp</c>, and the stability index over deciles.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="reference">Any order; what is no finite number is left out.</param>
    /// <param name="current">The same.</param>
    /// <returns>NaN where one of them has no values.</returns>
    public static ExactDrift OfNumbers(string name, ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        double[] first = Finite(reference), second = Finite(current);
        int missing = current.Length - second.Length;
        if (first.Length == 0 || second.Length == 0)
        {
            return new ExactDrift(name, false, first.Length, second.Length, missing, double.NaN, double.NaN, false, double.NaN);
        }

        KolmogorovSmirnovResult test = KolmogorovSmirnov.OfSorted(first, second);
        Artifacts.QuantileBins bins = BinnedDistribution.Of(first, Deciles);
        long[] counts = new long[bins.Counts.Length];
        foreach (double value in second)
        {
            counts[bins.BinOf(value)]++;
        }

        return new ExactDrift(name, false, first.Length, second.Length, missing, test.Statistic, test.PValue, test.Exact, Divergence.PopulationStability(bins.Counts, counts));
    }

    /// <summary>Categories: Pearson's test of homogeneity, as <c>scipy.stats.chi2_contingency</c> without Yates' correction.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="reference">Any order; what is no finite number is left out.</param>
    /// <param name="current">The same.</param>
    public static ExactDrift OfCategories(string name, ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        double[] first = Finite(reference), second = Finite(current);
        double[] values = [.. first.Concat(second).Distinct().Order()];
        long[] before = new long[values.Length], now = new long[values.Length];
        foreach (double value in first)
        {
            before[Array.BinarySearch(values, value)]++;
        }

        foreach (double value in second)
        {
            now[Array.BinarySearch(values, value)]++;
        }

        ChiSquaredResult test = ChiSquared.Homogeneity(before, now);
        double psi = first.Length == 0 || second.Length == 0 ? double.NaN : Divergence.PopulationStability(before, now);
        return new ExactDrift(name, true, first.Length, second.Length, current.Length - second.Length, test.Statistic, test.PValue, false, psi);
    }

    private static double[] Finite(ReadOnlySpan<double> values)
    {
        List<double> finite = new(values.Length);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                finite.Add(value);
            }
        }

        finite.Sort();
        return [.. finite];
    }
}
