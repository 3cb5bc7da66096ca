using FinObs.Scoring.Artifacts;

namespace FinObs.Scoring.Drift;

/// <summary>Bounds on a distance that is known up to the width of a bin.</summary>
/// <param name="Low">It is at least this.</param>
/// <param name="High">It is at most this.</param>
public readonly record struct DistanceBounds(double Low, double High);

/// <summary>
/// Two distributions over one set of bins. Counts add up: those of two replicas, or of the hours of a day, are merged by addition, whatever the order, without a further error. That is all the state that a window of any
/// length needs.
/// </summary>
public static class BinnedDistribution
{
    /// <summary>
    /// Bounds on the Kolmogorov-Smirnov distance of the samples behind the counts. At the bins' edges both distribution functions are known; within a bin neither can leave the values at its ends, so the distance there
    /// is at most max(F(r) - G(l), G(r) - F(l)).
    /// </summary>
    /// <param name="reference">Counts in bins, at least one.</param>
    /// <param name="current">Counts in the same bins.</param>
    /// <returns>The true distance lies between; NaN where a list is empty. With k bins of equal reference share the gap is at most 1/k plus the greatest share of the current sample in one bin.</returns>
    public static DistanceBounds KolmogorovSmirnov(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(current.Length, reference.Length);
        (double n, double m) = (Sum(reference), Sum(current));
        if (n == 0 || m == 0)
        {
            return new DistanceBounds(double.NaN, double.NaN);
        }

        double low = 0, high = 0, f = 0, g = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double nextF = f + (reference[i] / n), nextG = g + (current[i] / m);
            low = Math.Max(low, Math.Abs(nextF - nextG));
            high = Math.Max(high, Math.Max(nextF - g, nextG - f));
            (f, g) = (nextF, nextG);
        }

        return new DistanceBounds(Math.Min(1, low), Math.Min(1, Math.Max(low, high)));
    }

    /// <summary>Wasserstein distance in units of reference standard deviations, with each bin's rows at its middle: for reading, not for deciding.</summary>
    /// <param name="edges">Inner edges, strictly increasing, one fewer than counts.</param>
    /// <param name="reference">Counts.</param>
    /// <param name="current">Counts.</param>
    /// <param name="scale">Standard deviation of the reference, positive.</param>
    /// <returns>≥ 0; what lies in the open bins at both ends counts as lying at their edge.</returns>
    public static double Wasserstein(ReadOnlySpan<double> edges, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(current.Length, reference.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(edges.Length + 1, reference.Length);
        (double n, double m) = (Sum(reference), Sum(current));
        double sum = 0, f = 0, g = 0;
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            f += reference[i] / n;
            g += current[i] / m;
            double inF = f + (reference[i + 1] / n / 2), inG = g + (current[i + 1] / m / 2);
            sum += Math.Abs(inF - inG) * (edges[i + 1] - edges[i]);
        }

        return sum / scale;
    }

    /// <summary>Inner edges that cut a sample into parts of about equal size; values that repeat make fewer.</summary>
    /// <param name="sorted">Ascending, none NaN.</param>
    /// <param name="bins">Wanted number of bins, at least 2.</param>
    public static double[] Edges(ReadOnlySpan<double> sorted, int bins)
    {
        List<double> edges = new(bins - 1);
        for (int bin = 1; bin < bins && sorted.Length > 0; bin++)
        {
            double edge = sorted[(int)((((long)bin * sorted.Length) + bins - 1) / bins) - 1];
            if (edge < sorted[^1] && (edges.Count == 0 || edge > edges[^1]))
            {
                edges.Add(edge);
            }
        }

        return [.. edges];
    }

    /// <summary>Bins of a sample.</summary>
    /// <param name="sorted">Ascending, none NaN.</param>
    /// <param name="bins">Wanted number of bins, at least 2.</param>
    public static QuantileBins Of(ReadOnlySpan<double> sorted, int bins)
    {
        QuantileBins made = new(Edges(sorted, bins), []);
        long[] counts = new long[made.Edges.Length + 1];
        foreach (double value in sorted)
        {
            counts[made.BinOf(value)]++;
        }

        return made with { Counts = counts };
    }

    private static double Sum(ReadOnlySpan<long> counts)
    {
        double sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
