using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Evaluation;

namespace FinObs.Retraining.Runs;

/// <summary>Measures a version on the last part of a window.</summary>
internal static class HoldOut
{
    /// <summary>Rows explained for the reconstruction; more say no more.</summary>
    private const int ExplainedRows = 2_000;

    /// <param name="model">The version.</param>
    /// <param name="rows">N × F features as this version reads them.</param>
    /// <param name="labels">N outcomes.</param>
    public static HoldOutMetrics Measure(IScoringModel model, ReadOnlySpan<float> rows, IReadOnlyList<bool?> labels)
    {
        double[] margins = new double[labels.Count], scores = new double[labels.Count];
        model.Score(rows, margins, scores);
        int[] labelled = [.. Enumerable.Range(0, labels.Count).Where(row => labels[row].HasValue && !double.IsNaN(margins[row]))];
        RankedScores ranked = new(Array.ConvertAll(labelled, row => margins[row]), Array.ConvertAll(labelled, row => labels[row] == true));
        DecisionThresholds thresholds = model.Manifest.Thresholds;
        return new HoldOutMetrics(
            Known(ranked.AveragePrecision()), Known(ranked.RocAuc()), Known(ranked.RecallAt(0.01)), ranked.Frauds == 0 ? null : Known(ranked.PrecisionAt(100)),
            ShareFrom(scores, thresholds.ReviewAt), 1 - thresholds.ReviewAt, ShareFrom(scores, thresholds.BlockAt), ScorePsi(model.Manifest.Reference, scores), ReconstructionShift(model, rows));
    }

    private static double ShareFrom(double[] scores, double threshold) => scores.Length == 0 ? 0 : scores.Count(score => score >= threshold) / (double)scores.Length;

    private static double? ScorePsi(ReferenceStatistics? reference, double[] scores)
    {
        if (reference is null)
        {
            return null;
        }

        long[] counts = new long[reference.Score.Counts.Length];
        foreach (double score in scores)
        {
            counts[reference.Score.BinOf(score)]++;
        }

        return Known(Divergence.PopulationStability(reference.Score.Counts, counts));
    }

    private static double? ReconstructionShift(IScoringModel model, ReadOnlySpan<float> rows)
    {
        if (model.Manifest.Reference?.Sample is not { Rows: > 1 } sample)
        {
            return null;
        }

        double[] before = Reconstruction(model, sample.ToRows()), now = Reconstruction(model, Sampled(rows, model.FeatureCount));
        if (before.Length == 0 || now.Length == 0)
        {
            return null;
        }

        double mean = before.Average(), deviation = Math.Sqrt(before.Average(value => (value - mean) * (value - mean)));
        return deviation > 0 ? Known((now.Average() - mean) / deviation) : null;
    }

    private static double[] Reconstruction(IScoringModel model, ReadOnlySpan<float> rows) =>
        [.. model.ExplainRows(rows).Where(row => row.ReconstructionContributions.Length > 0).Select(row => row.ReconstructionContributions.Sum())];

    /// <summary>Evenly spaced.</summary>
    private static float[] Sampled(ReadOnlySpan<float> rows, int features)
    {
        int count = rows.Length / features, taken = Math.Min(ExplainedRows, count);
        float[] sample = new float[taken * features];
        for (int i = 0; i < taken; i++)
        {
            int row = (int)((long)i * count / taken);
            rows.Slice(row * features, features).CopyTo(sample.AsSpan(i * features));
        }

        return sample;
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
