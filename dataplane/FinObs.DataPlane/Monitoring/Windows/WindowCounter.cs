using FinObs.Contracts.Transactions;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>A score to be counted: one that decided, or a shadow's.</summary>
/// <param name="ReceivedAt">When its transaction was received: decides the bucket.</param>
/// <param name="Decision">What was, or would have been, decided.</param>
/// <param name="Score">Null or NaN: there is none.</param>
/// <param name="Margin">As <paramref name="Score"/>.</param>
/// <param name="Features">F values as scored; null or another number of them counts as all missing.</param>
internal sealed record WindowScore(DateTimeOffset ReceivedAt, Decision Decision, double? Score, double? Margin, float[]? Features);

/// <summary>Counts scores of one version into five minutes each.</summary>
internal static class WindowCounter
{
    public static Dictionary<DateTimeOffset, WindowCounts> Count(WindowLayout layout, IReadOnlyList<WindowScore> scores)
    {
        Dictionary<DateTimeOffset, WindowCounts> counts = [];
        int features = layout.Ensemble?.FeatureCount ?? layout.Features;
        foreach (IGrouping<DateTimeOffset, WindowScore> bucket in scores.GroupBy(score => WindowBuckets.StartOf(score.ReceivedAt)))
        {
            WindowCounts window = counts[bucket.Key] = new WindowCounts(layout);
            WindowScore[] rows = [.. bucket];
            float[] matrix = Matrix(rows, features);
            double[] errors = layout.Ensemble is null ? [] : WindowLayout.Errors(layout.Ensemble, matrix);
            double[] row = new double[layout.Bins.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                Fill(layout, rows[i], matrix.AsSpan(i * features, features), errors.Length == 0 ? double.NaN : errors[i], row);
                window.Decided(rows[i].Decision, rows[i].Score is { } score && double.IsFinite(score));
                window.Counts.Add(row);
            }

            Attribute(layout, window, matrix);
        }

        return counts;
    }

    private static void Fill(WindowLayout layout, WindowScore score, ReadOnlySpan<float> features, double error, Span<double> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = i < layout.Features ? features[i] : layout.Bins[i].Name switch
            {
                WindowLayout.Score => score.Score ?? double.NaN,
                WindowLayout.Margin => WindowLayout.Rounded(score.Margin ?? double.NaN),
                _ => error,
            };
        }
    }

    private static void Attribute(WindowLayout layout, WindowCounts window, float[] matrix)
    {
        if (layout.Ensemble is not { } model)
        {
            return;
        }

        foreach (ScoreExplanation explanation in model.ExplainRows(matrix))
        {
            if (explanation.Method == ExplanationMethod.TreeShapExact)
            {
                window.Attributed(explanation.Contributions);
            }
        }
    }

    private static float[] Matrix(WindowScore[] rows, int features)
    {
        float[] matrix = new float[rows.Length * features];
        for (int i = 0; i < rows.Length; i++)
        {
            Span<float> row = matrix.AsSpan(i * features, features);
            if (rows[i].Features is { } values && values.Length == features)
            {
                values.CopyTo(row);
            }
            else
            {
                row.Fill(float.NaN);
            }
        }

        return matrix;
    }
}
