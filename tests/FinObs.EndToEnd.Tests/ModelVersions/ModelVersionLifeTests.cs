using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Scoring.Artifacts;
using FinObs.Testing.Kubernetes;
using k8s.Models;
using static FinObs.EndToEnd.Tests.ModelVersions.ModelVersionWorld;

namespace FinObs.EndToEnd.Tests.ModelVersions;

public sealed class InProcessModelVersionLifeTests(InProcessCluster cluster) : ModelVersionLifeTests(cluster), IClassFixture<InProcessCluster>;

[Collection(OneRealCluster.Name)]
public sealed class RealModelVersionLifeTests(RealCluster cluster) : ModelVersionLifeTests(cluster), IClassFixture<RealCluster>;

/// <summary>The whole life of a ModelVersion, with the real operator and the real data plane; on the API server inside the process and on a real one.</summary>
public abstract class ModelVersionLifeTests(ITestCluster cluster) : IAsyncLifetime
{
    private const string Name = "card-fraud-1.0.0";
    private static readonly ModelArtifact Artifact = Artifact("card-fraud", "1.0.0");

    private ModelVersionWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var configuration = await cluster.ConnectAsync();
        _world = await CreateAsync(configuration, hasDeploymentController: cluster is RealCluster && cluster.CollectsGarbage);
    }

    public async ValueTask DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_waits_for_its_artifact_then_for_its_pods_then_decides()
    {
        await _world.Client<ModelVersion>().CreateAsync(_world.Version("card-fraud", "1.0.0", Artifact.Digest), Cancel);
        ModelVersion waiting = await _world.UntilAsync(Name, version => version.Status?.BlockedOn is not null);
        Assert.Equal("False WaitsForArtifact", Of(waiting, "PodsReady"));
        Assert.Null(await _world.ChildAsync<V1Deployment>());
        Assert.Equal(-1, waiting.Status!.ObservedGeneration);

        await _world.UploadAsync(Artifact);
        await _world.UntilAsync(Name, version => Of(version, "PodsReady") == "False PodsStarting");
        V1Deployment deployment = (await _world.ChildAsync<V1Deployment>())!;
        Assert.NotNull(await _world.ChildAsync<V1Service>());
        Assert.NotNull(await _world.ChildAsync<V1ServiceAccount>());
        Assert.NotNull(await _world.ChildAsync<V1NetworkPolicy>());
        Assert.NotNull(await _world.ChildAsync<V1PodDisruptionBudget>());

        await _world.Node.MakeReadyAsync(deployment);
        ModelVersion ready = await _world.UntilAsync(Name, version => Of(version, "Ready") == "True Succeeded");
        Assert.Equal((ModelPhase.Serving, Artifact.Digest, 2, 100), (ready.Status!.Phase, ready.Status.ObservedDigest, ready.Status.ReadyReplicas, ready.Status.Weight));
        Assert.Equal(ready.Metadata.Generation, ready.Status.ObservedGeneration);
        Assert.Equal(ModelTransition.UpToDate, ready.Status.Model!.Transition);
        Assert.NotNull(ready.Status.Audit?.LeafId);
        Assert.Null(ready.Status.BlockedOn);
        Assert.Equal("none", Of(ready, "Reconciling"));
        await Until.TrueAsync(async () => await _world.DeciderAsync() == "card-fraud@1.0.0");
        await Until.TrueAsync(async () => (await _world.StoryAsync(Name)).Contains("Normal AllPodsReady", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_changed_or_deleted_by_hand_comes_back_also_after_a_kill()
    {
        V1Deployment deployment = await ServeAsync();
        await _world.Client<V1Service>().DeleteAsync(_world.Key(deployment.Metadata.Name), (await _world.ChildAsync<V1Service>())!.Metadata.Uid, Cancel);
        await Until.TrueAsync(async () => await _world.ChildAsync<V1Service>() is not null);
        await _world.Client<V1Deployment>().MergeAsync(_world.Key(deployment.Metadata.Name), new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 7 } }, Cancel);
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 2);

        await _world.KillOperatorAsync();
        await _world.Client<V1PodDisruptionBudget>().DeleteAsync(_world.Key(deployment.Metadata.Name), (await _world.ChildAsync<V1PodDisruptionBudget>())!.Metadata.Uid, Cancel);
        await _world.PatchAsync(Name, """{"spec":{"serving":{"replicas":3}}}""");
        await _world.StartOperatorAsync();
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 3 && await _world.ChildAsync<V1PodDisruptionBudget>() is not null);
        await _world.UntilAsync(Name, version => Of(version, "PodsReady") == "False PodsStarting" && version.Status!.ObservedGeneration < version.Metadata.Generation);
        await _world.Node.MakeReadyAsync((await _world.ChildAsync<V1Deployment>())!);
        await _world.UntilAsync(Name, version => version.Status!.ReadyReplicas == 3 && version.Status.ObservedGeneration == version.Metadata.Generation);
    }

    [Fact]
    public async Task A_pod_that_fails_is_named_with_its_reason_and_what_serves_goes_on()
    {
        V1Deployment deployment = await ServeAsync();
        string pod = await _world.Node.BreakOneAsync(deployment, 137, "the model does not fit");
        ModelVersion broken = await _world.UntilAsync(Name, version => Of(version, "PodsReady") == "False PodFailed");
        ModelFailure failure = broken.Status!.Model!.LastFailure!;
        Assert.Equal((ModelFailureReason.RuntimeUnhealthy, pod, 137), (failure.Reason, failure.Pod, failure.ExitCode));
        Assert.Contains("the model does not fit", failure.Message);
        Assert.Equal(ModelTransition.BlockedByFailedLoad, broken.Status.Model.Transition);
        Assert.Equal("card-fraud@1.0.0", await _world.DeciderAsync());
    }

    [Fact]
    public async Task Suspended_nothing_moves_and_a_dry_run_only_says_what_would()
    {
        await ServeAsync();
        await _world.PatchAsync(Name, """{"spec":{"suspend":true,"serving":{"replicas":5}}}""");
        await _world.UntilAsync(Name, version => Of(version, "Ready") == "Unknown Suspended");
        Assert.Equal(2, (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas);

        await _world.PatchAsync(Name, """{"metadata":{"annotations":{"finobs.io/dry-run":"true"}},"spec":{"suspend":false}}""");
        ModelVersion planned = await _world.UntilAsync(Name, version => Of(version, "Ready") == "Unknown DryRun");
        Assert.Contains(planned.Status!.Plan!, step => step.StartsWith("change Deployment", StringComparison.Ordinal));
        Assert.Equal(2, (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas);

        await _world.PatchAsync(Name, """{"metadata":{"annotations":{"finobs.io/dry-run":null,"finobs.io/requestedAt":"now"}}}""");
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 5);
        await _world.UntilAsync(Name, version => version.Status!.LastHandledReconcileAt == "now" && version.Status.Plan is null);
    }

    [Fact]
    public async Task Deleted_it_is_drained_first_and_leaves_nothing_behind()
    {
        await ServeAsync();
        ModelVersion version = await _world.FindAsync(Name);
        Assert.Contains(WellKnown.Finalizer, version.Metadata.Finalizers!);
        await _world.Client<ModelVersion>().DeleteAsync(_world.Key(Name), version.Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await _world.Client<ModelVersion>().GetAsync(_world.Key(Name), Cancel) is null);
        using HttpResponseMessage gone = await _world.DataPlane.GetAsync(new Uri($"/v1/namespaces/{_world.Namespace}/modelversions/{Name}", UriKind.Relative), Cancel);
        Assert.Equal(404, (int)gone.StatusCode);
        Assert.NotEqual("card-fraud@1.0.0", await _world.DeciderAsync());
        if (cluster.CollectsGarbage)
        {
            await Until.TrueAsync(async () => await _world.ChildAsync<V1Deployment>() is null && await _world.ChildAsync<V1Service>() is null && await _world.ChildAsync<V1NetworkPolicy>() is null);
        }
    }

    /// <summary>SIGKILL as soon as anything of it has changed, again and again: each process does a part of the work at most.</summary>
    [Fact]
    public async Task An_operator_that_is_killed_after_every_step_gets_there_all_the_same()
    {
        await _world.UploadAsync(Artifact);
        await _world.Client<ModelVersion>().CreateAsync(_world.Version("card-fraud", "1.0.0", Artifact.Digest), Cancel);
        string seen = await _world.FingerprintAsync(Name);
        await _world.KillOperatorAsync();
        while (!await _world.HasEveryChildAsync())
        {
            await _world.StartOperatorAsync();
            await Until.TrueAsync(async () => await _world.FingerprintAsync(Name) != seen || await _world.HasEveryChildAsync());
            await _world.KillOperatorAsync();
            seen = await _world.FingerprintAsync(Name);
        }

        await _world.StartOperatorAsync();
        await _world.Node.MakeReadyAsync((await _world.ChildAsync<V1Deployment>())!);
        await _world.UntilAsync(Name, version => Of(version, "PodsReady") == "True AllPodsReady");
        await _world.KillOperatorAsync();
        await _world.StartOperatorAsync();
        await _world.UntilAsync(Name, version => Of(version, "Ready") == "True Succeeded" && version.Status!.ReadyReplicas == 2);

        ModelVersion version = await _world.FindAsync(Name);
        await _world.Client<ModelVersion>().DeleteAsync(_world.Key(Name), version.Metadata.Uid!, Cancel);
        await _world.KillOperatorAsync();
        await _world.StartOperatorAsync();
        await Until.TrueAsync(async () => await _world.Client<ModelVersion>().GetAsync(_world.Key(Name), Cancel) is null);
    }

    [Fact]
    public async Task When_the_leader_is_killed_the_one_that_stands_by_goes_on()
    {
        await ServeAsync();
        await using OperatorProcess standby = await _world.StartStandbyAsync();
        await _world.PatchAsync(Name, """{"spec":{"serving":{"replicas":3}}}""");
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 3);
        Assert.DoesNotContain("Leading, as", standby.Output, StringComparison.Ordinal);
        await _world.KillOperatorAsync();
        await _world.PatchAsync(Name, """{"spec":{"serving":{"replicas":4}}}""");
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 4);
    }

    [Fact]
    public async Task The_API_server_may_be_restarted_and_nothing_is_made_twice()
    {
        V1Deployment deployment = await ServeAsync();
        await cluster.RestartAsync();
        Assert.Equal("card-fraud@1.0.0", await _world.DeciderAsync());
        await _world.PatchAsync(Name, """{"spec":{"serving":{"replicas":3}}}""");
        await Until.TrueAsync(async () => (await _world.ChildAsync<V1Deployment>())!.Spec.Replicas == 3);
        Assert.Equal(deployment.Metadata.Uid, (await _world.ChildAsync<V1Deployment>())!.Metadata.Uid);
    }

    [Fact]
    public async Task A_version_under_a_wrong_digest_says_so_and_stalls()
    {
        await _world.UploadAsync(Artifact);
        ModelVersion wrong = _world.Version("card-fraud", "1.0.0", Artifact.Digest);
        string zeros = "sha256:" + new string('0', 64);
        await _world.Client<ModelVersion>().CreateAsync(wrong with { Spec = wrong.Spec with { Artifact = wrong.Spec.Artifact with { Uri = $"finobs://{zeros}" } } }, Cancel);
        ModelVersion stalled = await _world.UntilAsync(Name, version => Of(version, "Stalled") == "True DigestMismatch");
        Assert.Equal(("False DigestMismatch", ModelPhase.Failed), (Of(stalled, "Ready"), stalled.Status!.Phase));
        Assert.Null(await _world.ChildAsync<V1Deployment>());
    }

    /// <summary>The version decides, with two pods.</summary>
    private async Task<V1Deployment> ServeAsync()
    {
        await _world.UploadAsync(Artifact);
        await _world.Client<ModelVersion>().CreateAsync(_world.Version("card-fraud", "1.0.0", Artifact.Digest), Cancel);
        await Until.TrueAsync(async () => await _world.ChildAsync<V1Deployment>() is not null);
        V1Deployment deployment = (await _world.ChildAsync<V1Deployment>())!;
        await _world.Node.MakeReadyAsync(deployment);
        await _world.UntilAsync(Name, version => Of(version, "Ready") == "True Succeeded");
        return deployment;
    }
}
