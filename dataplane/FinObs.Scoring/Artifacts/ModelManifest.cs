using FinObs.Scoring.Features;

namespace FinObs.Scoring.Artifacts;

/// <summary><c>manifest.json</c> of an artifact.</summary>
/// <param name="Model">Name of the model, DNS-1123.</param>
/// <param name="Version">Semantic version.</param>
/// <param name="Features">Feature schema; column order of the ONNX input.</param>
public sealed record ModelManifest(string Model, string Version, FeatureSchema Features);
