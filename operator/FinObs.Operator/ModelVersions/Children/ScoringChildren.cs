using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>Everything that a version needs in the cluster; null = it needs none of that. Pure: the same version gives the same objects.</summary>
internal sealed record ScoringChildren(
    V1ServiceAccount? ServiceAccount,
    V1NetworkPolicy? NetworkPolicy,
    V1Service? Service,
    V1Deployment? Deployment,
    V2HorizontalPodAutoscaler? Autoscaler,
    V1PodDisruptionBudget? DisruptionBudget)
{
    public static readonly ScoringChildren None = new(null, null, null, null, null, null);

    /// <param name="version">Whose.</param>
    /// <param name="options">What the installation says of pods.</param>
    /// <param name="isWarm">False: no rollback leads to it any more.</param>
    public static ScoringChildren Of(ModelVersion version, ScorerOptions options, bool isWarm = true) => isWarm && WantsPods(version)
        ? new ScoringChildren(
            ScoringGuards.ServiceAccount(version),
            ScoringGuards.NetworkPolicy(version, options),
            ScoringService.Build(version),
            ScoringDeployment.Build(version, options),
            ScoringAutoscaler.IsWanted(version) ? ScoringAutoscaler.Build(version) : null,
            ScoringGuards.DisruptionBudget(version))
        : None;

    /// <summary>A version that may not score needs no pods, nor does one that somebody else's server scores. The kill switch keeps them: it is reversed as fast as it is thrown.</summary>
    public static bool WantsPods(ModelVersion version) =>
        version.Spec.Stage is ModelStage.Shadow or ModelStage.Canary or ModelStage.Production && version.Spec.Serving is { External: null, Replicas: > 0 };
}
