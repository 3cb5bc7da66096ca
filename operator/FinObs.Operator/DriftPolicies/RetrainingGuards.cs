using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Operator.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.DriftPolicies;

/// <summary>What the Jobs of a namespace share: an identity without any right in the cluster, by whose fixed name the data plane knows them, and a policy by which they reach the data plane alone. Both go with the last policy of the namespace.</summary>
internal sealed class RetrainingGuards(
    Resources<V1ServiceAccount> accounts, Resources<V1NetworkPolicy> networks, Resources<DriftPolicy> policies, IOptions<ScorerOptions> options)
{
    public async Task ApplyAsync(DriftPolicy policy, CancellationToken cancellationToken)
    {
        ResourceKey key = new(policy.Metadata.Namespace ?? "", RetrainingJobSpec.AppName);
        V1ObjectMeta metadata = Metadata(key.Namespace, policies.All());
        if (!IsOwnedBy(networks.Find(key)?.Metadata, policy)) await networks.ApplyAsync(Network(metadata, options.Value), cancellationToken);
        if (!IsOwnedBy(accounts.Find(key)?.Metadata, policy)) await accounts.ApplyAsync(new V1ServiceAccount { Metadata = metadata, AutomountServiceAccountToken = false }, cancellationToken);
    }

    /// <summary>Each policy of the namespace is an owner: the cluster collects it once all are gone.</summary>
    internal static V1ObjectMeta Metadata(string @namespace, IEnumerable<DriftPolicy> all) => new()
    {
        Name = RetrainingJobSpec.AppName,
        NamespaceProperty = @namespace,
        Labels = RetrainingJobSpec.Selector(),
        OwnerReferences = [.. all.Where(policy => policy.Metadata.Namespace == @namespace && policy.Metadata.DeletionTimestamp is null).OrderBy(policy => policy.Metadata.Name, StringComparer.Ordinal).Select(policy => RetrainingJobSpec.OwnerOf(policy))],
    };

    internal static V1NetworkPolicy Network(V1ObjectMeta metadata, ScorerOptions options) => new()
    {
        Metadata = metadata,
        Spec = new V1NetworkPolicySpec
        {
            PodSelector = new V1LabelSelector { MatchLabels = RetrainingJobSpec.Selector() },
            PolicyTypes = ["Ingress", "Egress"],
            Egress =
            [
                new V1NetworkPolicyEgressRule { To = [ScoringGuards.OurPods(options, "finobs-data-plane")] },
                new V1NetworkPolicyEgressRule { Ports = [ScoringGuards.Port(ScoringGuards.DnsPort, "UDP"), ScoringGuards.Port(ScoringGuards.DnsPort)] },
            ],
        },
    };

    private static bool IsOwnedBy(V1ObjectMeta? metadata, DriftPolicy policy) => (metadata?.OwnerReferences ?? []).Any(owner => owner.Uid == policy.Metadata.Uid);
}
