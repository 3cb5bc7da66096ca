using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>The scale subresource: the number of replicas, whatever the kind calls it.</summary>
internal static class Scale
{
    public static string Answer(HttpRequest request, Writing writing, JsonObject? body, ObjectStore store, ObjectWriter writer)
    {
        StoredObject current = store.Find(writing.Resource, writing.Namespace, writing.Name) ?? throw ApiError.NotFound(writing.Resource, writing.Name);
        if (writing.Resource.Scale is not { } paths) throw new ApiError(404, "NotFound", "the server could not find the requested resource");
        if (request.Method is "PUT" or "PATCH")
        {
            JsonObject patch = [];
            patch.PutAt(paths.SpecReplicas, body?["spec"]?["replicas"]);
            if (body?["metadata"]?["resourceVersion"] is { } version) patch.Metadata()["resourceVersion"] = version.DeepClone();
            current = writer.Merge(writing with { Subresource = "" }, patch);
        }

        JsonObject metadata = new() { ["name"] = writing.Name, ["namespace"] = writing.Namespace };
        foreach (string field in (string[])["uid", "resourceVersion", "creationTimestamp"]) metadata.Put(field, current.Json.Metadata()[field]);
        JsonObject status = new() { ["replicas"] = current.Json.At(paths.StatusReplicas)?.DeepClone() ?? 0 };
        if (paths.LabelSelector is { } selector) status.Put("selector", current.Json.At(selector));
        JsonObject spec = [];
        spec.Put("replicas", current.Json.At(paths.SpecReplicas));
        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status }.ToJsonString();
    }
}
