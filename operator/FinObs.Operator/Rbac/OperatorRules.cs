using FinObs.Contracts.Resources;
using k8s.Models;

namespace FinObs.Operator.Rbac;

/// <summary>
/// What the operator may do in the cluster, and no more: each rule stands beside the code that needs it, without a wildcard. The role of the chart is made of them, and a test
/// holds every request of a whole life against them.
/// </summary>
internal static class OperatorRules
{
    private static readonly string[] Kinds = [.. ResourceKinds.All.Select(kind => kind.Plural).Order(StringComparer.Ordinal)];

    // Nothing is got by name that the caches do not hold already.
    private static readonly string[] Know = ["list", "watch"];
    private static readonly string[] Own = ["list", "watch", "create", "patch", "delete"];

    /// <summary>In each namespace with resources.</summary>
    public static IReadOnlyList<V1PolicyRule> Namespaced { get; } =
    [
        // The spec is the user's: only the metadata is patched, for the finalizer.
        Rule(WellKnown.Group, [.. Kinds.Where(kind => kind != ResourceKinds.ModelVersion.Plural)], [.. Know, "patch"]),

        // Of a retraining's candidate it makes one.
        Rule(WellKnown.Group, [ResourceKinds.ModelVersion.Plural], [.. Know, "patch", "create"]),
        Rule(WellKnown.Group, [.. Kinds.Select(kind => $"{kind}/status")], ["update"]),

        // Where the server checks that who holds up an owner's deletion may do so (OwnerReferencesPermissionEnforcement).
        Rule(WellKnown.Group, [.. Kinds.Select(kind => $"{kind}/finalizers")], ["update"]),
        Rule("batch", ["jobs"], [.. Know, "create", "delete"]),
        Rule("apps", ["deployments"], Own),
        Rule("autoscaling", ["horizontalpodautoscalers"], Own),
        Rule("policy", ["poddisruptionbudgets"], Own),
        Rule("networking.k8s.io", ["networkpolicies"], Own),
        Rule("", ["serviceaccounts", "services"], Own),
        Rule("", ["pods"], Know),

        // Those that resources refer to are read; what only changed is seen by its metadata.
        Rule("", ["secrets"], [.. Know, "get"]),
        Rule("", ["events"], ["create", "patch"]),
    ];

    /// <summary>In the operator's own namespace: the lease by which one of several leads.</summary>
    public static IReadOnlyList<V1PolicyRule> OwnNamespace { get; } = [Rule("coordination.k8s.io", ["leases"], ["get", "create", "update"])];

    private static V1PolicyRule Rule(string group, string[] resources, string[] verbs) => new() { ApiGroups = [group], Resources = resources, Verbs = verbs };
}
