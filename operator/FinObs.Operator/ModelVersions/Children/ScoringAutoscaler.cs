using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>
/// Scales the Deployment, not the ModelVersion: its numbers would otherwise be written into the user's spec, and GitOps would write them back.
/// </summary>
internal static class ScoringAutoscaler
{
    /// <summary>Pods go slowly: a scorer that has just been made is worth keeping for the next burst.</summary>
    private const int ScaleDownSeconds = 300;

    public static bool IsWanted(ModelVersion version) => version.Spec.Serving is { MaxReplicas: not null, Replicas: > 0 };

    public static V2HorizontalPodAutoscaler Build(ModelVersion version) => new()
    {
        Metadata = ChildLabels.Metadata(version),
        Spec = new V2HorizontalPodAutoscalerSpec
        {
            ScaleTargetRef = new V2CrossVersionObjectReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = ChildName.Of(version.Metadata.Name) },
            MinReplicas = version.Spec.Serving.MinReplicas,
            MaxReplicas = version.Spec.Serving.MaxReplicas!.Value,
            Metrics =
            [
                new V2MetricSpec
                {
                    Type = "Resource",
                    Resource = new V2ResourceMetricSource { Name = "cpu", Target = new V2MetricTarget { Type = "Utilization", AverageUtilization = version.Spec.Serving.TargetCpuPercent } },
                },
            ],
            Behavior = new V2HorizontalPodAutoscalerBehavior { ScaleDown = new V2HPAScalingRules { StabilizationWindowSeconds = ScaleDownSeconds } },
        },
    };
}
