using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models;

/// <summary>Which model version, computed by which engine, made a score.</summary>
internal sealed record EngineIdentity(long EngineId, string Model, string Version, string Digest, string Fingerprint, DecisionThresholds Thresholds)
{
    /// <summary><c>name@version</c>, as answers say it.</summary>
    public string ModelVersion => $"{Model}@{Version}";
}

/// <summary>A loaded model version that decisions are routed to.</summary>
internal sealed record RoutedModel(EngineIdentity Identity, IScoringModel Scorer, FeatureExtractor Extractor);
