using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Ensemble;

/// <summary>Our forest and autoencoder, evaluated and explained in double by our own code. Thread-safe; scoring allocates nothing for a row.</summary>
public sealed class EnsembleModel : IScoringModel
{
    /// <summary>Rows that a thread takes at a time: more than half a millisecond of work. Batches under 2,048 stay on the caller's thread and allocate nothing.</summary>
    private const int ScoredPart = 1024;
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
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, margins.Length * FeatureCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, margins.Length);
        if (RowParts.Worthwhile(margins.Length, ScoredPart, maxThreads: -1))
        {
            ScoreInParts(rows, margins, scores);
        }
        else
        {
            ScorePart(rows, margins, scores);
        }
    }

    /// <inheritdoc/>
    public ScoreExplanation Explain(ReadOnlySpan<float> row) => _explainer.Explain(row);

    /// <inheritdoc/>
    /// <remarks>Rows go through the forest's tables and leaves together, from 64 rows on on several threads.</remarks>
    public ScoreExplanation[] ExplainRows(ReadOnlySpan<float> rows) => _explainer.ExplainRows(rows);

    /// <summary>The forest's terms of N rows (N × F), before weight and reference are applied.</summary>
    public void ForestTerms(ReadOnlySpan<float> rows, Span<double> terms) => _evaluator.Forest.Terms(rows, terms);

    /// <summary>The supervised member's terms of N rows (N × F), before weight and reference are applied; zeros where there is none.</summary>
    public void SupervisedTerms(ReadOnlySpan<float> rows, Span<double> terms)
    {
        terms.Clear();
        _evaluator.Member?.Terms(rows, terms);
    }

    /// <summary>The supervised member's trees; empty where there is none.</summary>
    public IReadOnlyList<Tree> SupervisedTrees => _evaluator.Member?.Trees ?? [];

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

    private void ScorePart(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
    {
        _evaluator.Margins(rows, margins);
        for (int i = 0; i < margins.Length; i++)
        {
            scores[i] = _calibration.ScoreOf(margins[i]);
        }
    }

    private unsafe void ScoreInParts(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
    {
        fixed (float* row = rows)
        fixed (double* margin = margins)
        fixed (double* score = scores)
        {
            // A closure cannot hold spans. The memory stays pinned until all parts are done.
            float* firstRow = row;
            double* firstMargin = margin, firstScore = score;
            RowParts.Each(margins.Length, ScoredPart, maxThreads: -1, (from, count) => ScorePart(
                new ReadOnlySpan<float>(firstRow + ((long)from * FeatureCount), count * FeatureCount),
                new Span<double>(firstMargin + from, count),
                new Span<double>(firstScore + from, count)));
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }
}
