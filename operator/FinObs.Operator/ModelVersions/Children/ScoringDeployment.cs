using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>The pods of a version. A new pod is ready before an old one goes.</summary>
internal static class ScoringDeployment
{
    public static V1Deployment Build(ModelVersion version, ScorerOptions options) => new()
    {
        Metadata = ChildLabels.Metadata(version),
        Spec = new V1DeploymentSpec
        {
            // Where something scales it, the number is not ours to say.
            Replicas = ScoringAutoscaler.IsWanted(version) ? null : version.Spec.Serving.Replicas,
            RevisionHistoryLimit = 2,
            ProgressDeadlineSeconds = 600,
            Strategy = new V1DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = 1, MaxUnavailable = 0 } },
            Selector = new V1LabelSelector { MatchLabels = ChildLabels.Selector(version) },
            Template = ScoringPod.Template(version, options),
        },
    };
}
