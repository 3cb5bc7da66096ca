using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;

namespace FinObs.Scoring;

/// <summary>One loaded, verified model version: our ensemble, or any ONNX model with an [N, F] float input and a score output.</summary>
/// <remarks>Implementations are thread-safe: one instance serves all requests.</remarks>
public interface IScoringModel : IDisposable
{
    /// <summary>What the artifact says of itself: features, calibration, thresholds, provenance, reference statistics.</summary>
    ModelManifest Manifest { get; }

    /// <summary>Content address of the artifact, <c>sha256:</c> and 64 hex digits.</summary>
    string Digest { get; }

    /// <summary>Runtime, instruction set, artifact and feature code in one string. Same fingerprint: bit-equal on replay.</summary>
    string EngineFingerprint { get; }

    /// <summary>F, the number of features a row has.</summary>
    int FeatureCount { get; }

    /// <summary>Scores N rows. Every row's result is independent of N and of the rows beside it.</summary>
    /// <param name="rows">N × F features, row-major.</param>
    /// <param name="margins">N raw margins (higher is more anomalous); NaN for a row of ours with a feature that is not finite.</param>
    /// <param name="scores">N scores, rounded to 1e-6: the scores of record. In 0..1 where the manifest has a calibration, else a foreign model's own
    /// output; NaN where the margin is NaN: no score, to be treated like a missing model.</param>
    /// <exception cref="Artifacts.ArtifactException">A foreign model fails while it runs.</exception>
    void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores);

    /// <summary>Explains one row of F features in margin units.</summary>
    ScoreExplanation Explain(ReadOnlySpan<float> row);

    /// <summary>Explains N rows (N × F, row-major), each as <see cref="Explain"/> does.</summary>
    ScoreExplanation[] ExplainRows(ReadOnlySpan<float> rows)
    {
        var explanations = new ScoreExplanation[rows.Length / FeatureCount];
        for (int i = 0; i < explanations.Length; i++)
        {
            explanations[i] = Explain(rows.Slice(i * FeatureCount, FeatureCount));
        }

        return explanations;
    }
}
