using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Ensemble;

/// <summary>Our forest and autoencoder, evaluated and explained in double by our own code. Thread-safe; scoring allocates nothing.</summary>
public sealed class EnsembleModel : IScoringModel
{
    private readonly EnsembleEvaluator _evaluator;
    private readonly ScoreCalibration _calibration;
    private readonly EnsembleExplainer _explainer;

    internal EnsembleModel(ModelManifest manifest, string digest, EnsembleEvaluator evaluator)
    {
        Manifest = manifest;
        Digest = digest;
        EngineFingerprint = Scoring.EngineFingerprint.Of(digest);
        _evaluator = evaluator;
        _calibration = manifest.Calibration
            ?? throw new ArtifactException(ArtifactProblem.InvalidManifest, "manifest.json has no calibration; an ensemble of ours always has one: export it again.");
        _explainer = new EnsembleExplainer(evaluator, _calibration);
    }

    /// <inheritdoc/>
    public ModelManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string EngineFingerprint { get; }

    /// <inheritdoc/>
    public int FeatureCount => _evaluator.FeatureCount;

    /// <inheritdoc/>
    /// <remarks>A row with a feature that is not finite has margin NaN and score NaN: no score, to be treated like a missing model.</remarks>
    public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
    {
        _evaluator.Margins(rows, margins);
        for (int i = 0; i < margins.Length; i++)
        {
            scores[i] = _calibration.ScoreOf(margins[i]);
        }
    }

    /// <inheritdoc/>
    public ScoreExplanation Explain(ReadOnlySpan<float> row) => _explainer.Explain(row);

    /// <summary>The forest's terms of N rows (N × F), before weight and reference are applied.</summary>
    public void ForestTerms(ReadOnlySpan<float> rows, Span<double> terms) => _evaluator.Forest.Terms(rows, terms);

    /// <summary>Each feature's reconstruction error of N rows (N × F), before weight and reference are applied.</summary>
    /// <param name="rows">N × F features, row-major, all finite.</param>
    /// <param name="errors">N × F errors.</param>
    public void ReconstructionErrors(ReadOnlySpan<float> rows, Span<double> errors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(errors.Length, rows.Length);
        for (int from = 0; from < rows.Length; from += FeatureCount)
        {
            _evaluator.Autoencoder.Errors(rows.Slice(from, FeatureCount), errors.Slice(from, FeatureCount));
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }
}
