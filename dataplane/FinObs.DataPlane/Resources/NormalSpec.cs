using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.PullSources;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Resources;

/// <summary>A spec that was read and validated, with its defaults filled in, in the one form that is hashed and stored.</summary>
/// <param name="Resource">The resource with this spec.</param>
/// <param name="Spec">The spec as a record.</param>
/// <param name="Text">The spec in canonical JSON.</param>
/// <param name="Hash">SHA-256 of the text, <c>sha256:</c> and 64 hex digits.</param>
internal sealed record NormalSpec(CustomResource Resource, ResourceSpec Spec, string Text, string Hash)
{
    private const string NoCanonicalForm = "holds half a surrogate pair or a NUL, which no text may: remove it";

    /// <summary>One of the two: the spec, or what is wrong with it.</summary>
    public static (NormalSpec? Spec, IReadOnlyList<FieldError> Errors) Read(ResourceKey key, JsonObject spec, CustomResource? old)
    {
        ReadResource read = ResourceReader.Read(Document(key, spec), old);
        if (read.Resource is not { } resource)
        {
            return (null, read.Errors);
        }

        return Of(resource) is { } normal ? (normal, []) : (null, [new FieldError("spec", NoCanonicalForm)]);
    }

    /// <summary>The hash that a stored spec has today: with the defaults of this version's records. Null where this version cannot read it.</summary>
    public static string? HashOf(ResourceKey key, string stored)
    {
        try
        {
            return ResourceReader.Read(Document(key, (JsonObject)JsonNode.Parse(stored)!)).Resource is { } resource ? Of(resource)?.Hash : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static ResourceSpec SpecOf(CustomResource resource) => resource switch
    {
        ModelVersion version => version.Spec,
        DriftPolicy policy => policy.Spec,
        CallbackTarget target => target.Spec,
        PullSource source => source.Spec,
        ABExperiment experiment => experiment.Spec,
        _ => throw new ArgumentException($"{resource.Kind} is none of the five kinds.", nameof(resource)),
    };

    private static NormalSpec? Of(CustomResource resource)
    {
        ResourceSpec spec = SpecOf(resource);
        try
        {
            byte[] canonical = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(spec, spec.GetType(), ResourceJson.Strict));
            string text = Encoding.UTF8.GetString(canonical);
            return text.Contains("\\u0000", StringComparison.Ordinal) ? null : new NormalSpec(resource, spec, text, ModelArtifact.DigestOf(canonical));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonObject Document(ResourceKey key, JsonObject spec) => new()
    {
        ["apiVersion"] = WellKnown.ApiVersion,
        ["kind"] = key.Kind,
        ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
        ["spec"] = spec.DeepClone(),
    };
}
