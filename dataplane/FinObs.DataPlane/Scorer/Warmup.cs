using FinObs.Scoring;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Scorer;

/// <summary>Scores reference rows before the first request may come: code is compiled, tables are in memory, and a model that gives no numbers is found out.</summary>
internal static class Warmup
{
    private const int Rounds = 3;
    private const int MostExplained = 32;

    /// <summary>Null where every row had a finite score, else what to do.</summary>
    public static string? Problem(IScoringModel model, int samples, CancellationToken cancellationToken)
    {
        float[] rows = RowsOf(model, samples);
        int count = rows.Length / model.FeatureCount;
        double[] margins = new double[count], scores = new double[count];
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            model.Score(rows, margins, scores);
            for (int i = 0; i < count; i++)
            {
                // Alone too: one row and many take different ways through the forest.
                ReadOnlySpan<float> row = rows.AsSpan(i * model.FeatureCount, model.FeatureCount);
                model.Score(row, margins.AsSpan(i, 1), scores.AsSpan(i, 1));
                if (!double.IsFinite(margins[i]) || !double.IsFinite(scores[i]))
                {
                    return $"Reference row {i} has no finite score: train or export the model again.";
                }

                if (i < MostExplained && model.Explain(row) is { Method: ExplanationMethod.Failed } failed)
                {
                    return $"The explanation of reference row {i} does not add up ({failed.Reason}): train or export the model again.";
                }
            }
        }

        return null;
    }

    /// <summary>The manifest's sample, or a row of zeros.</summary>
    private static float[] RowsOf(IScoringModel model, int samples)
    {
        float[] sample = model.Manifest.Reference?.Sample.ToRows() ?? [];
        return sample.Length == 0 ? new float[model.FeatureCount] : sample[..(Math.Min(samples, sample.Length / model.FeatureCount) * model.FeatureCount)];
    }
}
