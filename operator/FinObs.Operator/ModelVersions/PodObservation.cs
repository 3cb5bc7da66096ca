using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions;

/// <summary>What the cluster says of a version's pods.</summary>
/// <param name="Replicas">Pods there are.</param>
/// <param name="Ready">Pods that have loaded the digest and answered the warm-up.</param>
/// <param name="Status">For the condition PodsReady.</param>
/// <param name="Reason">For the condition PodsReady.</param>
/// <param name="Message">For the condition PodsReady.</param>
/// <param name="Failure">What went wrong, where something did.</param>
internal sealed record PodObservation(int Replicas, int Ready, ConditionStatus Status, string Reason, string Message, ModelFailure? Failure)
{
    private static readonly string[] WaitsForGood = ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "CrashLoopBackOff", "RunContainerError"];

    /// <param name="deployment">The version's Deployment; null = not there yet.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="scorers">What the scorers that are not ready say of themselves, by pod.</param>
    /// <param name="now">The time of a failure that is new.</param>
    public static PodObservation Of(V1Deployment? deployment, IReadOnlyList<V1Pod> pods, IReadOnlyDictionary<string, ScorerAnswer> scorers, DateTimeOffset now)
    {
        V1Pod[] alive = [.. pods.Where(pod => pod.Metadata.DeletionTimestamp is null)];
        V1DeploymentStatus? status = deployment?.Status;
        int ready = status?.ReadyReplicas ?? 0;
        int replicas = status?.Replicas ?? 0;
        if (IsSettled(deployment) && alive.All(IsReady))
        {
            return new PodObservation(replicas, ready, ConditionStatus.True, ModelVersionReasons.AllPodsReady, $"{ready} of {ready} pods have loaded the artifact and answered the warm-up.", null);
        }

        string progress = $"{ready} of {deployment?.Spec?.Replicas ?? replicas} pods are ready.";
        if ((status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } refused)
        {
            ModelFailure failure = new() { Reason = ModelFailureReason.PodsNotAdmitted, Message = refused.Message ?? refused.Reason ?? "The cluster refuses the pods.", Time = At(refused.LastTransitionTime, now) };
            return new PodObservation(replicas, ready, ConditionStatus.False, ModelVersionReasons.PodsNotAdmitted, $"{progress} {failure.Message}", failure);
        }

        ModelFailure? worst = alive.Where(pod => !IsReady(pod)).Select(pod => FailureOf(pod, scorers.GetValueOrDefault(pod.Metadata.Name), now)).FirstOrDefault(failure => failure is not null);
        return worst is null
            ? new PodObservation(replicas, ready, ConditionStatus.False, ModelVersionReasons.PodsStarting, progress, null)
            : new PodObservation(
                replicas,
                ready,
                ConditionStatus.False,
                worst.Reason == ModelFailureReason.PodsNotAdmitted ? ModelVersionReasons.PodsNotAdmitted : ModelVersionReasons.PodFailed,
                $"{progress} Pod {worst.Pod}: {worst.Message}",
                worst);
    }

    public static bool IsReady(V1Pod pod) => (pod.Status?.Conditions ?? []).Any(condition => condition is { Type: "Ready", Status: "True" });

    /// <summary>The Deployment's controller has seen our last change, and all pods it wants are of it and available.</summary>
    private static bool IsSettled(V1Deployment? deployment) =>
        deployment is { Status: { } status, Spec: { } spec }
        && status.ObservedGeneration >= deployment.Metadata.Generation
        && status.Replicas is > 0
        && (spec.Replicas is not { } wanted || status.Replicas == wanted)
        && status.UpdatedReplicas == status.Replicas
        && status.ReadyReplicas == status.Replicas;

    private static ModelFailure? FailureOf(V1Pod pod, ScorerAnswer? scorer, DateTimeOffset now)
    {
        string name = pod.Metadata.Name;
        if ((pod.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            return new ModelFailure { Reason = ModelFailureReason.PodsNotAdmitted, Message = unscheduled.Message ?? "it cannot be scheduled", Time = At(unscheduled.LastTransitionTime, now), Pod = name };
        }

        foreach (V1ContainerStatus container in pod.Status?.ContainerStatuses ?? [])
        {
            if ((container.LastState?.Terminated ?? container.State?.Terminated) is { ExitCode: not 0 } ended)
            {
                string said = string.IsNullOrWhiteSpace(ended.Message) ? ended.Reason ?? "Error" : ended.Message.Trim();
                return new ModelFailure
                {
                    Reason = ModelFailureReason.RuntimeUnhealthy,
                    Message = $"it ended with {ended.ExitCode}: {said}",
                    Time = At(ended.FinishedAt, now),
                    Pod = name,
                    ExitCode = ended.ExitCode,
                };
            }

            if (container.State?.Waiting is { } waiting && WaitsForGood.Contains(waiting.Reason))
            {
                return new ModelFailure { Reason = ModelFailureReason.RuntimeUnhealthy, Message = $"{waiting.Reason}: {waiting.Message}", Time = At(pod.Status?.StartTime, now), Pod = name };
            }
        }

        return scorer is { Failure: { } reason } ? new ModelFailure { Reason = reason, Message = scorer.Message, Time = scorer.Since, Pod = name } : null;
    }

    private static DateTimeOffset At(DateTime? time, DateTimeOffset now) => time is { } known ? new DateTimeOffset(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : now;
}
