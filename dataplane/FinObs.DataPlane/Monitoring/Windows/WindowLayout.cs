using System.Globalization;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>What of a version is watched, and in which bins: its features in schema order where it has a reference, then <see cref="Score"/>, and what else the model can tell.</summary>
internal sealed class WindowLayout
{
    public const string Score = "score";
    public const string Margin = "margin";
    public const string ReconstructionError = "reconstruction_error";

    private const int CoarseBins = 10;
    private const int FrozenBins = 20;

    /// <summary>Of decisions without a model: they are counted by kind only.</summary>
    public static readonly WindowLayout None = new([], 0, null);

    private WindowLayout(FeatureBins[] bins, int features, EnsembleModel? ensemble, ReferenceStatistics? reference = null)
    {
        (Bins, Features, Ensemble, Reference) = (bins, features, ensemble, reference);
        Hash = (long)StableHash.Of(string.Join('\n', bins.Select(Text)) + string.Create(CultureInfo.InvariantCulture, $"\n{ensemble is not null}"));
    }

    /// <summary>One a watched quantity.</summary>
    public FeatureBins[] Bins { get; }

    /// <summary>How many of the first are features; 0 where the version has no reference.</summary>
    public int Features { get; }

    /// <summary>Ours, which can be asked for reconstruction errors and SHAP values in process.</summary>
    public EnsembleModel? Ensemble { get; }

    /// <summary>What the version froze; null where it has none.</summary>
    public ReferenceStatistics? Reference { get; }

    /// <summary>Share of each feature in the mean |SHAP value| over the reference sample; empty where the model is not ours.</summary>
    public double[] ReferenceAttributions { get; private init; } = [];

    /// <summary>Counts are added only to counts over the same bins: code that bins otherwise, or a machine that computes another edge, does not spoil what is there.</summary>
    public long Hash { get; }

    /// <summary>Position among <see cref="Bins"/>; -1 = not watched.</summary>
    public int IndexOf(string quantity) => Array.FindIndex(Bins, bins => bins.Name == quantity);

    /// <param name="model">Loaded; null where its artifact is refused here.</param>
    public static WindowLayout Of(IScoringModel? model)
    {
        if (model?.Manifest.Reference is not { } reference)
        {
            double[] edges = [.. Enumerable.Range(1, FrozenBins - 1).Select(i => i / (double)FrozenBins)];
            return new WindowLayout([FeatureBins.OfNumbers(Score, new QuantileBins(edges, new long[FrozenBins]), [], FrozenBins, 1)], 0, null);
        }

        float[] rows = reference.Sample.ToRows();
        List<FeatureBins> bins = [.. reference.Features.Select((feature, f) => OfFeature(feature, Column(rows, reference.Sample, f)))];
        EnsembleModel? ensemble = model as EnsembleModel;
        (double[] margins, double[] scores) = Scored(ensemble, rows, reference.Sample.Rows);
        bins.Add(FeatureBins.OfNumbers(Score, reference.Score, scores, CoarseBins, Deviation(scores)));
        bins.Add(FeatureBins.OfNumbers(Margin, reference.Margin, margins, CoarseBins, Deviation(margins)));
        if (ensemble is not null)
        {
            double[] errors = Errors(ensemble, rows);
            Array.Sort(errors);
            bins.Add(FeatureBins.OfNumbers(ReconstructionError, BinnedDistribution.Of(errors, FrozenBins), errors, CoarseBins, Deviation(errors)));
        }

        return new WindowLayout([.. bins], reference.Features.Length, ensemble, reference) { ReferenceAttributions = ensemble is null ? [] : Attributions(ensemble, rows) };
    }

    /// <summary>The N total reconstruction errors of N × F rows, rounded so that machines whose last bits differ count alike; NaN for a row that has a feature without a value.</summary>
    public static double[] Errors(EnsembleModel model, float[] rows)
    {
        double[] errors = new double[rows.Length / model.FeatureCount], parts = new double[model.FeatureCount];
        for (int i = 0; i < errors.Length; i++)
        {
            ReadOnlySpan<float> row = rows.AsSpan(i * model.FeatureCount, model.FeatureCount);
            if (row.ContainsAnyExceptFinite())
            {
                errors[i] = double.NaN;
                continue;
            }

            model.ReconstructionErrors(row, parts);
            foreach (double part in parts)
            {
                errors[i] += part;
            }

            errors[i] = Rounded(errors[i]);
        }

        return errors;
    }

    /// <summary>Shares of F features in the mean |SHAP value| of N × F rows; empty where none of them can be explained.</summary>
    public static double[] Attributions(EnsembleModel model, float[] rows)
    {
        double[] sums = new double[model.FeatureCount];
        foreach (ScoreExplanation explanation in model.ExplainRows(rows))
        {
            for (int f = 0; f < sums.Length && explanation.Method == ExplanationMethod.TreeShapExact; f++)
            {
                sums[f] += Math.Abs(explanation.Contributions[f]);
            }
        }

        double total = sums.Sum();
        return total == 0 ? [] : [.. sums.Select(sum => sum / total)];
    }

    public static double Rounded(double value) => Math.Round(value, 6, MidpointRounding.ToEven);

    private static FeatureBins OfFeature(FeatureReference feature, double[] sample) => feature.Categories is { Values.Length: > 0 } categories
        ? FeatureBins.OfCategories(feature.Name, categories)
        : FeatureBins.OfNumbers(feature.Name, feature.Bins ?? new QuantileBins([], [0]), sample, CoarseBins, feature.StandardDeviation);

    /// <summary>Margins and scores of the sample: ours are computed in microseconds a row; a foreign model is not run for it, and its frozen bins are the finest there are.</summary>
    private static (double[] Margins, double[] Scores) Scored(EnsembleModel? model, float[] rows, int count)
    {
        if (model is null)
        {
            return ([], []);
        }

        double[] margins = new double[count], scores = new double[count];
        model.Score(rows, margins, scores);
        return ([.. margins.Select(Rounded)], scores);
    }

    private static double[] Column(float[] rows, ReferenceSample sample, int feature)
    {
        double[] column = new double[sample.Rows];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = rows[(i * sample.Features) + feature];
        }

        return column;
    }

    private static double Deviation(double[] values)
    {
        double mean = values.Length == 0 ? 0 : values.Average();
        return values.Length == 0 ? 1 : Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static string Text(FeatureBins bins) => string.Join(' ', [bins.Name, .. (bins.IsCategorical ? bins.Values : bins.Edges).Select(value => value.ToString("R", CultureInfo.InvariantCulture))]);
}

internal static class FiniteRows
{
    /// <summary>Whether a value is missing.</summary>
    public static bool ContainsAnyExceptFinite(this ReadOnlySpan<float> row)
    {
        foreach (float value in row)
        {
            if (!float.IsFinite(value))
            {
                return true;
            }
        }

        return false;
    }
}
