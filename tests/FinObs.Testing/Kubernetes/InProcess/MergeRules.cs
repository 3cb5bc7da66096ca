using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>How server-side apply merges: what is replaced as a whole, and which lists are maps or sets. Paths are field names.</summary>
internal abstract class MergeRules
{
    /// <summary>The fields that tell a list's items apart; null where the list is replaced as a whole.</summary>
    public virtual IReadOnlyList<string>? Keys(IReadOnlyList<string> path) =>
        path is ["metadata", "ownerReferences"] ? ["uid"] : null;

    public virtual bool IsSet(IReadOnlyList<string> path) => path is ["metadata", "finalizers"];

    public virtual bool IsAtomic(IReadOnlyList<string> path) => false;
}

/// <summary>By a CustomResourceDefinition's <c>x-kubernetes-list-type</c>, <c>-list-map-keys</c> and <c>-map-type</c>.</summary>
internal sealed class SchemaMergeRules(JsonObject? schema) : MergeRules
{
    public override IReadOnlyList<string>? Keys(IReadOnlyList<string> path) =>
        base.Keys(path) ?? (Find(path)?["x-kubernetes-list-map-keys"] as JsonArray)?.Select(Json.Text).ToArray();

    public override bool IsSet(IReadOnlyList<string> path) => base.IsSet(path) || Find(path)?["x-kubernetes-list-type"]?.Text() == "set";

    public override bool IsAtomic(IReadOnlyList<string> path) => Find(path)?["x-kubernetes-map-type"]?.Text() == "atomic";

    private JsonObject? Find(IReadOnlyList<string> path)
    {
        JsonObject? at = schema;
        foreach (string name in path)
        {
            while (at?["items"] is JsonObject items) at = items;
            at = (at?["properties"]?[name] ?? at?["additionalProperties"]) as JsonObject;
        }

        return at;
    }
}

/// <summary>What the built-in types say in the API server's own schema, for the lists and maps that controllers meet.</summary>
internal sealed class BuiltInMergeRules : MergeRules
{
    private static readonly Dictionary<string, string[]> KeysByField = new()
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["imagePullSecrets"] = ["name"],
        ["conditions"] = ["type"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
        ["hostAliases"] = ["ip"],
    };

    private static readonly HashSet<string> AtomicFields = ["selector", "nodeSelector", "secretKeyRef", "configMapKeyRef", "fieldRef", "labelSelector", "podSelector", "namespaceSelector"];

    public override IReadOnlyList<string>? Keys(IReadOnlyList<string> path) => base.Keys(path) ?? path switch
    {
        [.., "containers" or "initContainers", "ports"] => ["containerPort", "protocol"],
        ["spec", "ports"] => ["port", "protocol"],
        [.., var field] => KeysByField.GetValueOrDefault(field),
        _ => null,
    };

    public override bool IsAtomic(IReadOnlyList<string> path) => path is [.., var field] && AtomicFields.Contains(field);
}
