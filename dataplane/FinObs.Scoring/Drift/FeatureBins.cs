using FinObs.Scoring.Artifacts;

namespace FinObs.Scoring.Drift;

/// <summary>What one watched quantity is compared with: bins frozen with the version, open at both ends, so that nothing falls outside.</summary>
public sealed class FeatureBins
{
    private const int FineBins = 128;

    private FeatureBins(string name, double[] edges, double[] values, long[] fine, int[] coarseOf, long[] coarse, double scale)
    {
        Name = name;
        Edges = edges;
        Values = values;
        Fine = fine;
        CoarseOf = coarseOf;
        Coarse = coarse;
        Scale = scale;
    }

    /// <summary>Catalogue name, or <c>score</c>, <c>margin</c>, ….</summary>
    public string Name { get; }

    /// <summary>Categories instead of an order.</summary>
    public bool IsCategorical => Values.Length > 0;

    /// <summary>Inner edges of the fine bins, strictly increasing; none for categories.</summary>
    public double[] Edges { get; }

    /// <summary>The known categories, increasing; none for numbers.</summary>
    public double[] Values { get; }

    /// <summary>Reference counts in the fine bins; for categories one more, for values never seen.</summary>
    public long[] Fine { get; }

    /// <summary>The coarse bin of each fine one; for categories the same.</summary>
    public int[] CoarseOf { get; }

    /// <summary>Reference counts in the coarse bins, that the stability index is made of.</summary>
    public long[] Coarse { get; }

    /// <summary>Standard deviation of the reference, positive.</summary>
    public double Scale { get; }

    /// <summary>Number of counters: a bin each, and the last for what is no finite number.</summary>
    public int Counters => Fine.Length + 1;

    /// <summary>Numbers: coarse bins as the version froze them over its whole window, fine ones from its sample, each within one coarse bin.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="frozen">At least one bin.</param>
    /// <param name="sample">Rows of the window; any order.</param>
    /// <param name="coarseBins">Wanted number of coarse bins: neighbours of the frozen ones are put together.</param>
    /// <param name="scale">Standard deviation of the reference.</param>
    public static FeatureBins OfNumbers(string name, QuantileBins frozen, ReadOnlySpan<double> sample, int coarseBins, double scale)
    {
        double[] sorted = sample.ToArray();
        Array.Sort(sorted);
        double[] edges = [.. frozen.Edges.Concat(BinnedDistribution.Edges(sorted, FineBins)).Distinct().Order()];
        QuantileBins fine = new(edges, new long[edges.Length + 1]);
        foreach (double value in sorted)
        {
            fine.Counts[fine.BinOf(value)]++;
        }

        // Frozen bins to coarse ones of about equal share, then each fine bin to the coarse one of its frozen bin.
        long total = frozen.Counts.Sum(), seen = 0;
        int[] coarseOfFrozen = new int[frozen.Counts.Length];
        for (int i = 0; i < frozen.Counts.Length; i++)
        {
            coarseOfFrozen[i] = total == 0 ? 0 : (int)Math.Min(coarseBins - 1, (seen + (frozen.Counts[i] / 2)) * coarseBins / total);
            seen += frozen.Counts[i];
        }

        int[] dense = [.. coarseOfFrozen.Distinct().Order()];
        int[] coarseOf = new int[fine.Counts.Length];
        for (int i = 0; i < coarseOf.Length; i++)
        {
            int frozenBin = i < edges.Length ? frozen.BinOf(edges[i]) : frozen.Counts.Length - 1;
            coarseOf[i] = Array.BinarySearch(dense, coarseOfFrozen[frozenBin]);
        }

        long[] coarse = new long[dense.Length];
        for (int i = 0; i < frozen.Counts.Length; i++)
        {
            coarse[Array.BinarySearch(dense, coarseOfFrozen[i])] += frozen.Counts[i];
        }

        return new FeatureBins(name, edges, [], fine.Counts, coarseOf, coarse, scale > 0 ? scale : 1);
    }

    /// <summary>Categories: one bin each, and one for values that the reference did not have.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="categories">At least one.</param>
    public static FeatureBins OfCategories(string name, CategoryCounts categories)
    {
        long[] counts = [.. categories.Counts, 0];
        return new FeatureBins(name, [], categories.Values, counts, [.. Enumerable.Range(0, counts.Length)], counts, 1);
    }

    /// <summary>The same bins with another reference: counts of an earlier window, as for the same hours of the week.</summary>
    /// <param name="fine">Counts in the fine bins.</param>
    /// <exception cref="ArgumentException">They are of other bins.</exception>
    public FeatureBins Against(ReadOnlySpan<long> fine)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(fine.Length, Fine.Length);
        long[] coarse = new long[Coarse.Length];
        for (int i = 0; i < fine.Length; i++)
        {
            coarse[CoarseOf[i]] += fine[i];
        }

        return new FeatureBins(Name, Edges, Values, fine.ToArray(), CoarseOf, coarse, Scale);
    }

    /// <summary>The counter of a value: a search among the edges, nothing allocated.</summary>
    public int CounterOf(double value)
    {
        if (!double.IsFinite(value))
        {
            return Fine.Length;
        }

        if (IsCategorical)
        {
            int at = Array.BinarySearch(Values, value);
            return at >= 0 ? at : Values.Length;
        }

        int low = 0, high = Edges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = value <= Edges[middle] ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
