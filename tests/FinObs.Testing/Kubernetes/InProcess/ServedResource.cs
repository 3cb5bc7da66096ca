using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>A kind that the server serves.</summary>
internal sealed record ServedResource(string Group, string Version, string Plural, string Kind)
{
    /// <summary>The kind of kinds.</summary>
    public const string DefinitionsPlural = "customresourcedefinitions";

    public bool IsNamespaced { get; init; } = true;

    /// <summary>Its status is written by its own subresource only.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Counts the changes of everything but metadata and status.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Where the scale subresource reads and writes; null without one.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>A custom resource's schema; null for a built-in kind, or one that says nothing.</summary>
    public JsonObject? Schema { get; init; }

    public bool IsCustom { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public MergeRules Rules => field ??= IsCustom ? new SchemaMergeRules(Schema) : new BuiltInMergeRules();

    /// <summary>What the operators and their tests meet; a CustomResourceDefinition adds its own.</summary>
    public static IReadOnlyList<ServedResource> BuiltIn { get; } =
    [
        new("", "v1", "namespaces", "Namespace") { IsNamespaced = false, HasStatus = true },
        new("", "v1", "nodes", "Node") { IsNamespaced = false, HasStatus = true },
        new("", "v1", "pods", "Pod") { HasStatus = true, HasGeneration = true },
        new("", "v1", "services", "Service") { HasStatus = true },
        new("", "v1", "secrets", "Secret"),
        new("", "v1", "configmaps", "ConfigMap"),
        new("", "v1", "serviceaccounts", "ServiceAccount"),
        new("", "v1", "events", "Event"),
        new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim") { HasStatus = true },
        new("apps", "v1", "deployments", "Deployment") { HasStatus = true, HasGeneration = true, Scale = new(".spec.replicas", ".status.replicas", LabelSelector: null) },
        new("apps", "v1", "replicasets", "ReplicaSet") { HasStatus = true, HasGeneration = true },
        new("apps", "v1", "statefulsets", "StatefulSet") { HasStatus = true, HasGeneration = true },
        new("batch", "v1", "jobs", "Job") { HasStatus = true, HasGeneration = true },
        new("batch", "v1", "cronjobs", "CronJob") { HasStatus = true, HasGeneration = true },
        new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler") { HasStatus = true },
        new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget") { HasStatus = true, HasGeneration = true },
        new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy") { HasGeneration = true },
        new("networking.k8s.io", "v1", "ingresses", "Ingress") { HasStatus = true, HasGeneration = true },
        new("coordination.k8s.io", "v1", "leases", "Lease"),
        new("events.k8s.io", "v1", "events", "Event"),
        new("rbac.authorization.k8s.io", "v1", "roles", "Role"),
        new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
        new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole") { IsNamespaced = false },
        new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding") { IsNamespaced = false },
        new("apiextensions.k8s.io", "v1", DefinitionsPlural, "CustomResourceDefinition") { IsNamespaced = false, HasStatus = true, HasGeneration = true },
    ];

    /// <summary>The served versions of a CustomResourceDefinition.</summary>
    public static IEnumerable<ServedResource> FromDefinition(JsonObject definition)
    {
        JsonObject spec = definition["spec"]!.AsObject();
        foreach (JsonObject version in spec["versions"]!.AsArray().Select(version => version!.AsObject()))
        {
            JsonObject? subresources = version["subresources"]?.AsObject();
            yield return new ServedResource(spec["group"].Text(), version["name"].Text(), spec["names"]!["plural"].Text(), spec["names"]!["kind"].Text())
            {
                IsNamespaced = spec["scope"].Text() == "Namespaced",
                IsCustom = true,
                HasGeneration = true,
                HasStatus = subresources?["status"] is not null,
                Scale = subresources?["scale"] is { } scale
                    ? new ScalePaths(scale["specReplicasPath"].Text(), scale["statusReplicasPath"].Text(), scale["labelSelectorPath"]?.Text())
                    : null,
                Schema = version["schema"]?["openAPIV3Schema"]?.AsObject(),
            };
        }
    }
}

/// <summary>JSON paths like <c>.spec.replicas</c>.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? LabelSelector);
