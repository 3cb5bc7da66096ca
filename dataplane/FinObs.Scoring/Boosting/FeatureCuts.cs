namespace FinObs.Scoring.Boosting;

/// <summary>Rows as small numbers: each feature cut at up to 254 quantiles of its values. A cut is the greatest value of its bin, so that <c>x &lt;= cut</c> splits float rows as it splits bins.</summary>
internal sealed class FeatureCuts
{
    private const int MostBins = 255;

    /// <param name="rows">N × F finite values, row-major.</param>
    /// <param name="count">N.</param>
    /// <param name="features">F.</param>
    public FeatureCuts(ReadOnlySpan<float> rows, int count, int features)
    {
        Count = count;
        Cuts = new float[features][];
        Bins = new byte[features][];
        var column = new float[count];
        for (int f = 0; f < features; f++)
        {
            for (int i = 0; i < count; i++)
            {
                column[i] = rows[(i * features) + f];
            }

            Cuts[f] = CutsOf(column);
            Bins[f] = Array.ConvertAll(column, value => BinOf(value, f));
        }
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>Of each feature, strictly rising: bin b holds (cut b-1, cut b], the last bin what is above all.</summary>
    public float[][] Cuts { get; }

    /// <summary>Of each feature, the bin of each row.</summary>
    public byte[][] Bins { get; }

    private byte BinOf(float value, int feature)
    {
        int at = Array.BinarySearch(Cuts[feature], value);
        return (byte)(at >= 0 ? at : ~at);
    }

    private static float[] CutsOf(float[] column)
    {
        float[] sorted = [.. column];
        Array.Sort(sorted);
        List<float> cuts = [];
        for (int bin = 1; bin < MostBins; bin++)
        {
            float cut = sorted[(int)((long)bin * (sorted.Length - 1) / MostBins)];
            if (cut < sorted[^1] && (cuts.Count == 0 || cut > cuts[^1]))
            {
                cuts.Add(cut);
            }
        }

        return [.. cuts];
    }
}
