using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Short words for what is done to JSON all the time here.</summary>
internal static class Json
{
    public static string Text(this JsonNode? node) => node?.GetValue<string>() ?? "";

    public static JsonObject Copy(this JsonObject node) => node.DeepClone().AsObject();

    public static JsonObject Metadata(this JsonObject resource)
    {
        if (resource["metadata"] is JsonObject metadata) return metadata;
        JsonObject empty = [];
        resource["metadata"] = empty;
        return empty;
    }

    public static string Name(this JsonObject resource) => resource.Metadata()["name"].Text();

    public static string Namespace(this JsonObject resource) => resource.Metadata()["namespace"].Text();

    public static string Uid(this JsonObject resource) => resource.Metadata()["uid"].Text();

    public static long Version(this JsonObject resource) => long.Parse(resource.Metadata()["resourceVersion"].Text());

    public static bool IsDeleting(this JsonObject resource) => resource.Metadata()["deletionTimestamp"] is not null;

    public static IReadOnlyList<string> Finalizers(this JsonObject resource) => [.. (resource.Metadata()["finalizers"] as JsonArray ?? []).Select(Text)];

    /// <summary>Sets or, where it is null, removes.</summary>
    public static void Put(this JsonObject target, string name, JsonNode? value)
    {
        if (value is null)
        {
            target.Remove(name);
        }
        else
        {
            target[name] = value.DeepClone();
        }
    }

    /// <summary>The value at a path like <c>.spec.replicas</c>.</summary>
    public static JsonNode? At(this JsonObject resource, string path) =>
        path.TrimStart('.').Split('.').Aggregate((JsonNode?)resource, (node, name) => (node as JsonObject)?[name]);

    public static void PutAt(this JsonObject resource, string path, JsonNode? value)
    {
        string[] names = path.TrimStart('.').Split('.');
        JsonObject target = resource;
        foreach (string name in names[..^1])
        {
            if (target[name] is not JsonObject next) target[name] = next = [];
            target = next;
        }

        target.Put(names[^1], value);
    }

    /// <summary>JSON merge patch (RFC 7386).</summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        JsonObject result = (target as JsonObject)?.Copy() ?? [];
        foreach ((string name, JsonNode? value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Merge(result[name], value);
            }
        }

        return result;
    }

    /// <summary>Fills in the defaults of a structural schema.</summary>
    public static void Default(JsonNode? value, JsonObject? schema)
    {
        if (value is JsonObject fields && schema?["properties"] is JsonObject properties)
        {
            foreach ((string name, JsonNode? property) in properties)
            {
                if (!fields.ContainsKey(name) && property?["default"] is { } standard) fields[name] = standard.DeepClone();
                Default(fields[name], property as JsonObject);
            }
        }
        else if (value is JsonArray items)
        {
            foreach (JsonNode? item in items) Default(item, schema?["items"] as JsonObject);
        }
    }
}
