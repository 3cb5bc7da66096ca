using System.Runtime.InteropServices;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.IsolationForest;

namespace FinObs.Scoring.Training;

/// <summary>Where a training is.</summary>
/// <param name="Step">What is being done, in words.</param>
/// <param name="Fraction">Share done, 0..1.</param>
public readonly record struct TrainingProgress(string Step, double Fraction);

/// <summary>Trains the ensemble. The same rows, schema, options and provenance give the same bytes.</summary>
public static class EnsembleTrainer
{
    /// <summary>Fits forest and autoencoder, weighs and calibrates them, freezes the reference statistics, and checks the file in ONNX Runtime.</summary>
    /// <param name="rows">N × F finite feature values, row-major, in time order.</param>
    /// <param name="count">N; a 1 % alert rate wants at least 5,000.</param>
    /// <param name="schema">The F features.</param>
    /// <param name="options">How to train.</param>
    /// <param name="provenance">Where the data come from, and when this is.</param>
    /// <param name="progress">Told at every step.</param>
    /// <param name="cancellationToken">Gives up between steps and trees.</param>
    /// <exception cref="ArgumentException">No rows, a value that is not finite, or options out of range.</exception>
    public static ModelArtifact Train(
        ReadOnlyMemory<float> rows,
        int count,
        FeatureSchema schema,
        EnsembleOptions options,
        TrainingProvenance provenance,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) => Train(rows, count, schema, options, provenance, reviews: null, progress, cancellationToken);

    /// <summary>The same, and where people have reviewed enough a member grown on what they found joins (<see cref="SupervisedParameters"/> in the manifest then says so).</summary>
    /// <param name="rows">N × F finite feature values, row-major, in time order, without confirmed frauds.</param>
    /// <param name="count">N; a 1 % alert rate wants at least 5,000.</param>
    /// <param name="schema">The F features.</param>
    /// <param name="options">How to train.</param>
    /// <param name="provenance">Where the data come from, and when this is.</param>
    /// <param name="reviews">Known outcomes of the window; <see langword="null"/> = none.</param>
    /// <param name="progress">Told at every step.</param>
    /// <param name="cancellationToken">Gives up between steps and trees.</param>
    /// <exception cref="ArgumentException">No rows, a value that is not finite, or options out of range.</exception>
    public static ModelArtifact Train(
        ReadOnlyMemory<float> rows,
        int count,
        FeatureSchema schema,
        EnsembleOptions options,
        TrainingProvenance provenance,
        ReviewedRows? reviews,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        int features = schema.Names.Length;
        options.Validate(features);
        CheckRows(rows.Span, count, features);
        if (reviews is { Frauds.Length: > 0 })
        {
            CheckRows(reviews.Rows.Span, reviews.Frauds.Length, features);
        }

        int components = Math.Min(options.Components, features);

        progress?.Report(new TrainingProgress("growing trees", 0));
        Forest forest = ForestTrainer.Train(rows, count, features, options.Trees, options.Sample, options.Seed, -1, cancellationToken);
        progress?.Report(new TrainingProgress("fitting the autoencoder", 0.3));
        PcaAutoencoder autoencoder = PcaAutoencoderTrainer.Train(
            rows.Span, count, features, components, options.Whiten, options.ErrorFunction, options.HuberDelta);

        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new TrainingProgress("weighing the two", 0.4));
        EnsembleParameters parameters = EnsembleWeighing.Weigh(rows.Span, forest, autoencoder, options);
        var evaluator = new EnsembleEvaluator(forest, autoencoder, parameters);
        if (reviews is { Frauds.Length: > 0 })
        {
            progress?.Report(new TrainingProgress("learning from reviews", 0.45));
            evaluator = SupervisedTraining.Join(evaluator, rows.Span, reviews, options.Boosting ?? new BoostingOptions(), cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new TrainingProgress("calibrating", 0.6));
        var margins = new double[count];
        evaluator.Margins(rows.Span, margins);
        ScoreCalibration calibration = ScoreCalibration.Fit(margins);

        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(new TrainingProgress("freezing reference statistics", 0.8));
        var manifest = new ModelManifest(options.Model, options.Version, schema)
        {
            Format = ModelFormat.OnnxEnsemble,
            DeclaredThresholds = options.Thresholds,
            Ensemble = evaluator.Parameters,
            Calibration = calibration,
            Training = provenance with { Metrics = MetricsOf(evaluator.Parameters.Supervised) ?? provenance.Metrics, Rows = count, Options = options, RowsDigest = ModelArtifact.DigestOf(MemoryMarshal.AsBytes(rows.Span)) },
            Reference = ReferenceBuilder.Build(rows.Span, margins, Array.ConvertAll(margins, calibration.ScoreOf), schema.Names, options.ReferenceRows),
        };

        progress?.Report(new TrainingProgress("checking the file in ONNX Runtime", 0.9));
        byte[] model = EnsembleGraph.Write(evaluator);
        CrossCheck.Run(model, evaluator, CrossCheck.RowsFor(manifest));
        var artifact = ModelArtifact.Create(manifest, model);
        progress?.Report(new TrainingProgress("done", 1));
        return artifact;
    }

    /// <summary>What a model card says of the member beside other metrics.</summary>
    private static SortedDictionary<string, double>? MetricsOf(SupervisedParameters? member) => member is null ? null : new(StringComparer.Ordinal)
    {
        ["reviews"] = member.Reviews,
        ["review_frauds"] = member.Frauds,
        ["review_ap"] = member.CrossValidatedPrecision,
        ["review_ap_unsupervised"] = member.UnsupervisedPrecision,
    };

    private static void CheckRows(ReadOnlySpan<float> rows, int count, int features)
    {
        if (count < 1 || rows.Length != (long)count * features)
        {
            throw new ArgumentException($"{count} rows of {features} features were announced, {rows.Length} values came.", nameof(rows));
        }

        int bad = rows.IndexOfAnyExceptFinite();
        if (bad >= 0)
        {
            throw new ArgumentException($"Row {bad / features} has a value of feature {bad % features} that is not finite; training needs finite rows.", nameof(rows));
        }
    }

    private static int IndexOfAnyExceptFinite(this ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
