using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>What is known here of a model that only another server can compute: schema and thresholds, no numbers.</summary>
internal sealed class ForeignModel(ModelArtifact artifact) : IScoringModel
{
    public ModelManifest Manifest => artifact.Manifest;

    public string Digest => artifact.Digest;

    public string EngineFingerprint => $"not in process; {artifact.Digest}";

    public int FeatureCount => Manifest.Features.Names.Length;

    public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores) =>
        throw new InvalidOperationException("This model runs on another server; ask it there.");

    public ScoreExplanation Explain(ReadOnlySpan<float> row) => RemoteExplanation.NotOffered(0, 0);

    public void Dispose()
    {
    }
}
