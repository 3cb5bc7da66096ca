using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.Tests.ModelVersions;

public sealed class PodObservationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Ready_once_every_pod_is_ready()
    {
        PodObservation seen = Of(Deployment(wanted: 2, ready: 2), [Pod("a", isReady: true), Pod("b", isReady: true)]);
        Assert.Equal((ConditionStatus.True, ModelVersionReasons.AllPodsReady, 2), (seen.Status, seen.Reason, seen.Ready));
    }

    [Fact]
    public void Not_ready_while_one_pod_is_not()
    {
        PodObservation seen = Of(Deployment(wanted: 2, ready: 1), [Pod("a", isReady: true), Pod("b", isReady: false)]);
        Assert.Equal((ConditionStatus.False, ModelVersionReasons.PodsStarting), (seen.Status, seen.Reason));
        Assert.Contains("1 of 2", seen.Message);
    }

    [Fact]
    public void Not_ready_before_the_last_change_was_seen()
    {
        V1Deployment deployment = Deployment(wanted: 1, ready: 1);
        deployment.Metadata.Generation = 5;
        Assert.Equal(ConditionStatus.False, Of(deployment, [Pod("a", isReady: true)]).Status);
    }

    [Fact]
    public void A_pod_that_ended_says_with_which_code()
    {
        V1Pod pod = Pod("a", isReady: false);
        pod.Status.ContainerStatuses = [new V1ContainerStatus { LastState = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 137, Reason = "OOMKilled", FinishedAt = Now.UtcDateTime } } }];
        ModelFailure failure = Of(Deployment(wanted: 1, ready: 0), [pod]).Failure!;
        Assert.Equal((ModelFailureReason.RuntimeUnhealthy, "a", 137, Now), (failure.Reason, failure.Pod, failure.ExitCode, failure.Time));
        Assert.Contains("OOMKilled", failure.Message);
    }

    [Theory]
    [InlineData("DigestMismatch", ModelFailureReason.DigestMismatch)]
    [InlineData("FetchFailed", ModelFailureReason.ArtifactUnavailable)]
    [InlineData("Refused", ModelFailureReason.ArtifactRefused)]
    [InlineData("WarmupFailed", ModelFailureReason.ModelLoadFailed)]
    public void A_scorer_is_asked_why(string reason, ModelFailureReason expected)
    {
        ModelFailure failure = Of(Deployment(wanted: 1, ready: 0), [Pod("a", isReady: false)], ("a", new ScorerAnswer(reason, "because", Now))).Failure!;
        Assert.Equal((expected, "because", "a"), (failure.Reason, failure.Message, failure.Pod));
    }

    [Fact]
    public void A_scorer_that_is_fetching_has_not_failed() =>
        Assert.Null(Of(Deployment(wanted: 1, ready: 0), [Pod("a", isReady: false)], ("a", new ScorerAnswer("Fetching", "on its way", Now))).Failure);

    [Fact]
    public void Pods_that_the_cluster_refuses_are_told_apart()
    {
        V1Deployment deployment = Deployment(wanted: 1, ready: 0);
        deployment.Status.Conditions = [new V1DeploymentCondition { Type = "ReplicaFailure", Status = "True", Message = "exceeded quota" }];
        PodObservation seen = Of(deployment, []);
        Assert.Equal((ModelVersionReasons.PodsNotAdmitted, ModelFailureReason.PodsNotAdmitted), (seen.Reason, seen.Failure!.Reason));
    }

    [Fact]
    public void A_pod_on_its_way_out_does_not_count()
    {
        V1Pod old = Pod("old", isReady: false);
        old.Metadata.DeletionTimestamp = Now.UtcDateTime;
        Assert.Equal(ConditionStatus.True, Of(Deployment(wanted: 1, ready: 1), [old, Pod("new", isReady: true)]).Status);
    }

    private static PodObservation Of(V1Deployment? deployment, V1Pod[] pods, params (string Pod, ScorerAnswer Answer)[] answers) =>
        PodObservation.Of(deployment, pods, answers.ToDictionary(pair => pair.Pod, pair => pair.Answer), Now);

    private static V1Deployment Deployment(int wanted, int ready) => new()
    {
        Metadata = new V1ObjectMeta { Name = "d", Generation = 1 },
        Spec = new V1DeploymentSpec { Replicas = wanted },
        Status = new V1DeploymentStatus { ObservedGeneration = 1, Replicas = wanted, UpdatedReplicas = wanted, ReadyReplicas = ready },
    };

    private static V1Pod Pod(string name, bool isReady) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }] },
    };
}
