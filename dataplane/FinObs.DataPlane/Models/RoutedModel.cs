using FinObs.DataPlane.Models.Remote;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models;

/// <summary>Which model version, computed by which engine, made a score.</summary>
internal sealed record EngineIdentity(long EngineId, string Model, string Version, string Digest, string Fingerprint, DecisionThresholds Thresholds)
{
    /// <summary><c>name@version</c>, as answers say it.</summary>
    public string ModelVersion => $"{Model}@{Version}";
}

/// <summary>A model version that decisions are routed to: loaded here, and perhaps served elsewhere.</summary>
internal sealed record RoutedModel(EngineIdentity Identity, IScoringModel Scorer, FeatureExtractor Extractor)
{
    /// <summary>Row of <c>model_versions</c>.</summary>
    public long VersionId { get; init; }

    /// <summary>How it does here.</summary>
    public VersionHealth Health { get; init; } = new();

    /// <summary>Who computes it outside this process; null = nobody, and then scoring never waits.</summary>
    public IRemoteScoring? Remote { get; init; }

    /// <summary>The version that decides where <see cref="Remote"/> fails and this one cannot run here.</summary>
    public RoutedModel? LastGood { get; init; }

    public bool RunsHere => Scorer is not ForeignModel;

    /// <summary>What this process can compute itself when nobody else answers.</summary>
    public RoutedModel? InProcess => RunsHere ? this : LastGood;

    /// <summary>
    /// Explains N rows: here wherever the model is loaded, because that takes microseconds, needs no pod to be alive and checks the pods' scores
    /// on the way; only what cannot run here is asked for. Null where nobody answered.
    /// </summary>
    public ValueTask<ScoreExplanation[]?> ExplainAsync(ReadOnlyMemory<float> rows, int count, CancellationToken cancellationToken)
    {
        if (!RunsHere)
        {
            return Remote?.ExplainAsync(rows, count, cancellationToken) ?? default;
        }

        return new(Scorer.ExplainRows(rows.Span[..(count * Extractor.Count)]));
    }
}
