using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>What keeps scoring pods safe: from being drained together, from strangers, and from rights that they do not need.</summary>
internal static class ScoringGuards
{
    internal const int DnsPort = 53;

    /// <summary>Nodes are drained one pod at a time. Never "at least n": with one pod that would hold up every drain for ever.</summary>
    public static V1PodDisruptionBudget DisruptionBudget(ModelVersion version) => new()
    {
        Metadata = ChildLabels.Metadata(version),
        Spec = new V1PodDisruptionBudgetSpec { MaxUnavailable = 1, UnhealthyPodEvictionPolicy = "AlwaysAllow", Selector = new V1LabelSelector { MatchLabels = ChildLabels.Selector(version) } },
    };

    /// <summary>An identity without any right in the cluster; the pod shows its token to the data plane alone.</summary>
    public static V1ServiceAccount ServiceAccount(ModelVersion version) => new() { Metadata = ChildLabels.Metadata(version), AutomountServiceAccountToken = false };

    /// <summary>Only FinObs may come in; out may go only the fetching of the artifact, and asking for names.</summary>
    public static V1NetworkPolicy NetworkPolicy(ModelVersion version, ScorerOptions options) => new()
    {
        Metadata = ChildLabels.Metadata(version),
        Spec = new V1NetworkPolicySpec
        {
            PodSelector = new V1LabelSelector { MatchLabels = ChildLabels.Selector(version) },
            PolicyTypes = ["Ingress", "Egress"],
            Ingress =
            [
                new V1NetworkPolicyIngressRule { FromProperty = [OurPods(options, "finobs-data-plane")], Ports = [Port(ScoringPod.GrpcPort), Port(ScoringPod.HttpPort)] },
                new V1NetworkPolicyIngressRule { FromProperty = [OurPods(options, "finobs-operator")], Ports = [Port(ScoringPod.HttpPort)] },
            ],
            Egress =
            [
                new V1NetworkPolicyEgressRule { To = [OurPods(options, "finobs-data-plane")] },
                new V1NetworkPolicyEgressRule { Ports = [Port(DnsPort, "UDP"), Port(DnsPort)] },
            ],
        },
    };

    internal static V1NetworkPolicyPeer OurPods(ScorerOptions options, string name) => new()
    {
        NamespaceSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = options.SystemNamespace } },
        PodSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [ChildLabels.Name] = name } },
    };

    internal static V1NetworkPolicyPort Port(int port, string protocol = "TCP") => new() { Port = port, Protocol = protocol };
}
