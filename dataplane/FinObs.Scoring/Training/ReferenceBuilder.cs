using System.Buffers.Binary;
using FinObs.Scoring.Artifacts;

namespace FinObs.Scoring.Training;

/// <summary>Freezes the statistics of a training window.</summary>
internal static class ReferenceBuilder
{
    private const int Bins = 20;

    /// <summary>A feature with no more different values than this, all whole, is categorical.</summary>
    private const int MostCategories = 32;

    public static ReferenceStatistics Build(ReadOnlySpan<float> rows, double[] margins, double[] scores, string[] names, int sampleRows)
    {
        var features = new FeatureReference[names.Length];
        var column = new double[margins.Length];
        for (int f = 0; f < names.Length; f++)
        {
            for (int i = 0; i < column.Length; i++)
            {
                column[i] = rows[(i * names.Length) + f];
            }

            features[f] = Feature(names[f], column);
        }

        return new ReferenceStatistics(margins.Length, features, Quantiles(margins), Quantiles(scores), Sample(rows, margins.Length, names.Length, sampleRows));
    }

    /// <summary>Bins of about equal count; values that repeat may make fewer bins.</summary>
    internal static QuantileBins Quantiles(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        var edges = new List<double>();
        for (int bin = 1; bin < Bins; bin++)
        {
            double edge = sorted[(int)((long)bin * sorted.Length / Bins)];
            if (edge < sorted[^1] && (edges.Count == 0 || edge > edges[^1]))
            {
                edges.Add(edge);
            }
        }

        var bins = new QuantileBins([.. edges], new long[edges.Count + 1]);
        foreach (double value in sorted)
        {
            bins.Counts[bins.BinOf(value)]++;
        }

        return bins;
    }

    private static FeatureReference Feature(string name, double[] column)
    {
        double sum = 0, squares = 0, min = double.PositiveInfinity, max = double.NegativeInfinity;
        foreach (double value in column)
        {
            sum += value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        double mean = sum / column.Length;
        foreach (double value in column)
        {
            squares += (value - mean) * (value - mean);
        }

        CategoryCounts? categories = Categories(column);
        QuantileBins? bins = categories is null ? Quantiles(column) : null;
        return new FeatureReference(name, mean, Math.Sqrt(squares / column.Length), min, max, bins, categories);
    }

    private static CategoryCounts? Categories(double[] column)
    {
        var counts = new SortedDictionary<double, long>();
        foreach (double value in column)
        {
            if (value != Math.Floor(value) || (counts.Count == MostCategories && !counts.ContainsKey(value)))
            {
                return null;
            }

            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        return new CategoryCounts([.. counts.Keys], [.. counts.Values]);
    }

    private static ReferenceSample Sample(ReadOnlySpan<float> rows, int count, int features, int most)
    {
        int taken = Math.Min(most, count);
        var values = new byte[taken * features * sizeof(float)];
        for (int i = 0; i < taken; i++)
        {
            int row = (int)((long)i * count / taken);
            for (int f = 0; f < features; f++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(((i * features) + f) * sizeof(float)), rows[(row * features) + f]);
            }
        }

        return new ReferenceSample(taken, features, values);
    }
}
