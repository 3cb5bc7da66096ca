namespace FinObs.Scoring.Artifacts;

/// <summary>Frozen statistics of the training window.</summary>
/// <param name="Rows">N rows they were taken over.</param>
/// <param name="Features">One for each of the F features, in schema order.</param>
/// <param name="Margin">Bins of the margin.</param>
/// <param name="Score">Bins of the score of record.</param>
/// <param name="Sample">A bounded sample of the rows.</param>
public sealed record ReferenceStatistics(int Rows, FeatureReference[] Features, QuantileBins Margin, QuantileBins Score, ReferenceSample Sample);

/// <summary>One feature over the training window.</summary>
/// <param name="Name">Catalogue name.</param>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Population standard deviation.</param>
/// <param name="Min">Least value.</param>
/// <param name="Max">Greatest value.</param>
/// <param name="Bins">Quantile bins; <see langword="null"/> where the feature is categorical.</param>
/// <param name="Categories">Counts by value, where the feature takes few whole values only.</param>
public sealed record FeatureReference(
    string Name, double Mean, double StandardDeviation, double Min, double Max, QuantileBins? Bins = null, CategoryCounts? Categories = null);

/// <summary>Counts in bins that cut the training window into parts of about equal size; the outermost bins are open: (-∞, e₀], (e₀, e₁], …, (eₖ, ∞).</summary>
/// <param name="Edges">Strictly increasing inner edges.</param>
/// <param name="Counts">Rows in each bin, one more than edges.</param>
public sealed record QuantileBins(double[] Edges, long[] Counts)
{
    /// <summary>The bin of a value: the number of edges below it. NaN counts into the last bin.</summary>
    public int BinOf(double value)
    {
        int low = 0, high = Edges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = value <= Edges[middle] ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}

/// <summary>Counts of each value of a categorical feature; a value not listed is a new category.</summary>
/// <param name="Values">Values, increasing.</param>
/// <param name="Counts">Rows with each.</param>
public sealed record CategoryCounts(double[] Values, long[] Counts);

/// <summary>A sample of the training rows, evenly spaced over the window.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Features">F.</param>
/// <param name="Values">Rows × F values, row-major, float32 little-endian.</param>
public sealed record ReferenceSample(int Rows, int Features, byte[] Values)
{
    /// <summary>The values as floats, row-major.</summary>
    public float[] ToRows()
    {
        var rows = new float[Values.Length / sizeof(float)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(Values.AsSpan(i * sizeof(float)));
        }

        return rows;
    }
}
