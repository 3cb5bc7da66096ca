using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using k8s.Models;

namespace FinObs.Operator.ModelVersions;

/// <summary>The children of a version in the order in which they are made: what pods need comes before them.</summary>
internal sealed class ModelVersionChildren(
    ChildApplier<V1ServiceAccount> serviceAccounts,
    ChildApplier<V1NetworkPolicy> networkPolicies,
    ChildApplier<V1Service> services,
    ChildApplier<V1Deployment> deployments,
    ChildApplier<V2HorizontalPodAutoscaler> autoscalers,
    ChildApplier<V1PodDisruptionBudget> disruptionBudgets)
{
    public IReadOnlyList<ChildStep> Steps(ModelVersion version, ScoringChildren wanted) =>
    [
        .. serviceAccounts.Steps(version, wanted.ServiceAccount),
        .. networkPolicies.Steps(version, wanted.NetworkPolicy),
        .. services.Steps(version, wanted.Service),
        .. deployments.Steps(version, wanted.Deployment),
        .. autoscalers.Steps(version, wanted.Autoscaler),
        .. disruptionBudgets.Steps(version, wanted.DisruptionBudget),
    ];
}
