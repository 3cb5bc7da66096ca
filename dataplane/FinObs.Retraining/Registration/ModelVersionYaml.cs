using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.Validation;
using FinObs.Scoring.Artifacts;

namespace FinObs.Retraining.Registration;

/// <summary>The ModelVersion of a trained artifact as YAML that <c>kubectl apply</c> and <c>--resources</c> take. What the defaults say anyway is left out.</summary>
internal static partial class ModelVersionYaml
{
    private static readonly string[] AlwaysSaid = ["model", "version", "artifact", "stage"];

    /// <summary>Words that YAML reads as something else than text.</summary>
    private static readonly string[] Reserved = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

    /// <exception cref="InputException">No resource may be called so, or go so far.</exception>
    public static void Check(string model, string version, ModelStage stage) =>
        Checked(Of(model, version, "sha256:" + new string('0', 64), provenance: null, stage));

    /// <exception cref="InputException">No resource may be called so, or go so far.</exception>
    public static string Write(ModelArtifact artifact, ModelStage stage) =>
        Write(Checked(Of(artifact.Manifest.Model, artifact.Manifest.Version, artifact.Digest, artifact.Manifest.Training, stage)));

    private static ModelVersion Of(string model, string version, string digest, TrainingProvenance? provenance, ModelStage stage) => new()
    {
        Metadata = new ObjectMeta { Name = $"{model}-{version}" },
        Spec = Bare(model, version, digest) with
        {
            Stage = stage,
            Provenance = provenance is null ? null : new ModelProvenance
            {
                DataDigest = provenance.DataDigest,
                GitCommit = provenance.CodeVersion.Split('+') is [_, { Length: > 0 and <= 64 } commit] ? commit : null,
                TrainedAt = provenance.TrainedAt,
                Trigger = TrainingTrigger.Manual,
            },
        },
    };

    private static ModelVersionSpec Bare(string model, string version, string digest) =>
        new() { Model = model, Version = version, Artifact = new ModelArtifactSpec { Uri = $"finobs://{digest}", Digest = digest } };

    private static ModelVersion Checked(ModelVersion version)
    {
        IReadOnlyList<FieldError> errors = ResourceValidator.Validate(version);
        return errors.Count == 0 ? version : throw new InputException($"No ModelVersion can be made of it: {string.Join("; ", errors)}. Choose another --model or --version.");
    }

    private static string Write(ModelVersion version)
    {
        JsonObject spec = Json(version.Spec), bare = Json(Bare(version.Spec.Model, version.Spec.Version, version.Spec.Artifact.Digest));
        foreach (string name in spec.Select(pair => pair.Key).Except(AlwaysSaid).Where(name => JsonNode.DeepEquals(spec[name], bare[name])).ToList())
        {
            spec.Remove(name);
        }

        StringBuilder yaml = new();
        Write(yaml, new JsonObject { ["apiVersion"] = version.ApiVersion, ["kind"] = version.Kind, ["metadata"] = new JsonObject { ["name"] = version.Metadata.Name }, ["spec"] = spec }, "");
        return yaml.ToString();
    }

    private static JsonObject Json(ModelVersionSpec spec) => (JsonObject)JsonSerializer.SerializeToNode(spec, ResourceJson.Strict)!;

    private static void Write(StringBuilder yaml, JsonObject map, string indent)
    {
        foreach ((string name, JsonNode? value) in map)
        {
            yaml.Append(indent).Append(name).Append(':');
            if (value is JsonObject { Count: > 0 } inner)
            {
                yaml.Append('\n');
                Write(yaml, inner, indent + "  ");
            }
            else
            {
                yaml.Append(' ').Append(Flow(value)).Append('\n');
            }
        }
    }

    /// <summary>JSON is YAML; text that nobody could misread goes without quotes.</summary>
    private static string Flow(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is var text && Plain().IsMatch(text) && !Reserved.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? text
            : value?.ToJsonString(ResourceJson.Strict) ?? "null";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9/._-]*(:[A-Za-z0-9/._-]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();
}
