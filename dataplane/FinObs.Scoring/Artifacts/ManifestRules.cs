using System.Text.RegularExpressions;

namespace FinObs.Scoring.Artifacts;

/// <summary>What a manifest must fulfil beyond its shape.</summary>
internal static partial class ManifestRules
{
    private const int MostFeatures = 4096;

    public static void Check(ModelManifest manifest)
    {
        Require(manifest.Model.Length <= 63 && DnsLabel().IsMatch(manifest.Model), "model must be a DNS-1123 label: lower-case letters, digits and hyphens, at most 63");
        Require(manifest.Version.Length <= 128 && SemanticVersion().IsMatch(manifest.Version), "version must be semantic, for example 1.2.0");
        string[] names = manifest.Features.Names;
        Require(names.Length is > 0 and <= MostFeatures, $"features.names must hold 1 to {MostFeatures} names");
        Require(names.All(name => !string.IsNullOrWhiteSpace(name)), "features.names must not hold an empty name");
        Require(names.Distinct(StringComparer.Ordinal).Count() == names.Length, "features.names must not hold a name twice");
        if (manifest.DeclaredThresholds is { } thresholds)
        {
            Require(double.IsFinite(thresholds.ReviewAt) && double.IsFinite(thresholds.BlockAt) && thresholds.ReviewAt <= thresholds.BlockAt, "thresholds must be finite with reviewAt <= blockAt");
        }

        if (manifest.Format == ModelFormat.OnnxEnsemble)
        {
            CheckEnsemble(manifest);
        }
        else if (manifest.DeclaredThresholds is null)
        {
            throw new ArtifactException(ArtifactProblem.MissingThresholds, "manifest.json has no thresholds; a foreign model must state reviewAt and blockAt on its own score.");
        }

        Require(manifest.Format == ModelFormat.OpenInference == manifest.Server is not null, "the section server belongs to the format OpenInference, and to no other");
        if (manifest.Server is { } server)
        {
            Require(server.Model.Length > 0 && server.Input.Length > 0 && !string.IsNullOrEmpty(manifest.Output?.Name), "server.model, server.input and output.name must not be empty");
        }

        CheckReference(manifest);
    }

    private static void CheckEnsemble(ModelManifest manifest)
    {
        Require(manifest.Ensemble is not null, "an OnnxEnsemble needs the section ensemble");
        Require(manifest.Calibration is not null, "an OnnxEnsemble needs the section calibration");
        Require(manifest.Ensemble!.ReconstructionReference.Length == manifest.Features.Names.Length, "ensemble.reconstructionReference must have one value a feature");
        Require(
            manifest.Ensemble.Supervised is not { } supervised || (double.IsFinite(supervised.Reference) && double.IsFinite(supervised.Weight) && supervised.Weight >= 0),
            "ensemble.supervised must have a finite reference and a weight that is not negative");
        Require(manifest.Ensemble.HuberDelta > 0, "ensemble.huberDelta must be positive");
    }

    private static void CheckReference(ModelManifest manifest)
    {
        if (manifest.Reference is not { } reference)
        {
            return;
        }

        int features = manifest.Features.Names.Length;
        Require(reference.Features.Length == features, "reference.features must have one entry a feature");
        Require(
            reference.Sample.Features == features && reference.Sample.Rows >= 0 && reference.Sample.Values.LongLength == (long)reference.Sample.Rows * features * sizeof(float),
            "reference.sample must hold rows × features float32 values");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArtifactException(ArtifactProblem.InvalidManifest, $"manifest.json: {rule}.");
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SemanticVersion();
}
