using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Evaluation;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.DriftPolicies;

public sealed class InProcessRetrainingLifeTests(RetrainingWorld<InProcessCluster> world) : RetrainingLifeTests(world), IClassFixture<RetrainingWorld<InProcessCluster>>;

[Collection(OneRealCluster.Name)]
public sealed class RealRetrainingLifeTests(RetrainingWorld<RealCluster> world) : RetrainingLifeTests(world), IClassFixture<RetrainingWorld<RealCluster>>;

/// <summary>From a wish to a candidate, with the real operator and the real data plane. No node runs the Jobs: the test does what their pods would, by the API that they use.</summary>
public abstract class RetrainingLifeTests(IRetrainingWorld shared) : IAsyncLifetime
{
    private readonly string _suffix = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("n")[20..];
    private ModelVersionWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Model => $"fraud-{_suffix}";

    public async ValueTask InitializeAsync() => _world = (ModelVersionWorld)await shared.OpenAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wish_makes_one_Job_whose_candidate_becomes_an_object_once()
    {
        DriftPolicy policy = await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        Assert.Equal(policy.Metadata.Uid, Assert.Single(job.Metadata.OwnerReferences).Uid);
        DriftPolicy training = await UntilAsync(found => found.Status?.LastHandledRetrainNow == "first" && Of(found) == "True JobRunning");
        Assert.Equal((job.Metadata.Name, RetrainingWorker.Job), (training.Status!.LastJob!.Name, training.Status.LastJob.Worker));
        Assert.Contains($"job/{job.Metadata.Name}", training.Status.LastJob.Logs, StringComparison.Ordinal);
        Assert.NotNull(await _world.Client<V1ServiceAccount>().GetAsync(_world.Key(job.Spec.Template.Spec.ServiceAccountName), Cancel));

        // Looked at again and again, with the same wish: the same Job.
        await AnnotateAsync(WellKnown.RequestedAt, "again");
        await UntilAsync(found => found.Status?.LastHandledReconcileAt == "again");
        Assert.Single(await JobsAsync());

        string candidate = await TrainAsync(job);
        await EndAsync(job, "Complete", "CompletionsReached");
        ModelVersion version = await VersionAsync(candidate);
        Assert.Equal((ModelStage.Shadow, TrainingTrigger.Manual), (version.Spec.Stage, version.Spec.Provenance!.Trigger));
        Assert.Null(version.Metadata.OwnerReferences);
        Assert.StartsWith("drift-policy.", version.Metadata.Labels![WellKnown.CreatedBy], StringComparison.Ordinal);
        await _world.UntilAsync(candidate, found => ModelVersionWorld.Of(found, ModelVersionConditions.ArtifactVerified) == "True Verified");
        DriftPolicy done = await UntilAsync(found => Of(found) == "False JobSucceeded");
        Assert.Equal((RetrainingPhase.Succeeded, candidate), (done.Status!.LastJob!.Phase, done.Status.LastJob.ResultVersion));

        // Whoever deletes it has the last word.
        await _world.Client<ModelVersion>().DeleteAsync(_world.Key(candidate), version.Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await _world.Client<ModelVersion>().GetAsync(_world.Key(candidate), Cancel) is null, () => _world.Output);
        await AnnotateAsync(WellKnown.RequestedAt, "and again");
        await UntilAsync(found => found.Status?.LastHandledReconcileAt == "and again");
        Assert.Null(await _world.Client<ModelVersion>().GetAsync(_world.Key(candidate), Cancel));
    }

    [Fact]
    public async Task A_Job_that_fails_for_good_ends_its_run_and_a_new_wish_is_a_new_Job()
    {
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        await EndAsync(job, "Failed", "BackoffLimitExceeded");
        DriftPolicy failed = await UntilAsync(found => Of(found) == "False JobFailed");
        Assert.Equal(RetrainingPhase.Failed, failed.Status!.LastJob!.Phase);
        Assert.Contains("BackoffLimitExceeded", failed.Status.LastJob.Message, StringComparison.Ordinal);
        await Until.TrueAsync(async () => await StateAsync(job) == "Cancelled", () => _world.Output);
        await UntilAsync(found => found.Status?.LastJob is { Phase: RetrainingPhase.Failed, EndedAt: not null });

        await WishAsync("second");
        await Until.TrueAsync(async () => (await JobsAsync()).Count == 2, () => _world.Output);
        await UntilAsync(found => Of(found) == "True JobRunning");
    }

    [Fact]
    public async Task A_run_that_a_person_stops_takes_its_Job_along()
    {
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        await SendAsync($"/v1/retraining-runs/{RunOf(job)}/cancel", new { reason = "not today" });
        await Until.TrueAsync(async () => (await JobsAsync()).All(found => found.Metadata.DeletionTimestamp is not null), () => _world.Output);
        DriftPolicy stopped = await UntilAsync(found => found.Status?.LastJob?.Phase == RetrainingPhase.Cancelled);
        Assert.Equal("False JobFailed", Of(stopped));
    }

    [Fact]
    public async Task A_candidate_that_is_no_better_is_no_object()
    {
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        JsonElement claimed = await SendAsync($"/v1/retraining-runs/{RunOf(job)}/claim", new { });
        await SendAsync($"/v1/retraining-runs/{RunOf(job)}/result", new { lease = claimed.GetProperty("lease").GetString(), report = new { gate = new { passed = false } } });
        await EndAsync(job, "Complete", "CompletionsReached");
        DriftPolicy refused = await UntilAsync(found => found.Status?.LastJob?.Phase == RetrainingPhase.Refused);
        Assert.Equal("False JobSucceeded", Of(refused));
        Assert.Null(refused.Status!.LastJob!.ResultVersion);
    }

    [Fact]
    public async Task Killed_in_between_it_goes_on_where_it_was_and_makes_nothing_twice()
    {
        await CreateAsync();
        await _world.KillOperatorAsync();
        await WishAsync("while it was away");
        await _world.StartOperatorAsync();
        V1Job job = await JobAsync();

        await _world.KillOperatorAsync();
        string candidate = await TrainAsync(job);
        await EndAsync(job, "Complete", "CompletionsReached");
        await _world.StartOperatorAsync();
        ModelVersion version = await VersionAsync(candidate);

        await _world.KillOperatorAsync();
        await _world.StartOperatorAsync();
        await AnnotateAsync(WellKnown.RequestedAt, "again");
        await UntilAsync(found => found.Status?.LastHandledReconcileAt == "again" && found.Status.LastJob?.ResultVersion == candidate);
        Assert.Equal(job.Metadata.Uid, Assert.Single(await JobsAsync()).Metadata.Uid);
        Assert.Equal(version.Metadata.Uid, (await VersionAsync(candidate)).Metadata.Uid);
    }

    /// <summary>What the Job controller says of an evicted pod: one failed, none active; with the pod failure policy the next one follows and nothing is over.</summary>
    [Fact]
    public async Task A_pod_that_is_evicted_is_said_and_the_run_goes_on_in_the_next()
    {
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        await _world.Client<V1Job>().MergeAsync(
            _world.Key(job.Metadata.Name), (JsonObject)JsonNode.Parse("""{"status":{"startTime":"2026-01-02T03:04:05Z","failed":1,"active":0,"ready":0,"terminating":0,"uncountedTerminatedPods":{}}}""")!, Cancel, "status");
        DriftPolicy waiting = await UntilAsync(found => found.Status?.LastJob?.Message?.Contains("after 1 of them failed", StringComparison.Ordinal) == true);
        Assert.Equal(("True JobRunning", RetrainingPhase.Queued), (Of(waiting), waiting.Status!.LastJob!.Phase));

        string candidate = await TrainAsync(job);
        await EndAsync(job, "Complete", "CompletionsReached");
        await VersionAsync(candidate);
        Assert.Equal(job.Metadata.Uid, Assert.Single(await JobsAsync()).Metadata.Uid);
    }

    /// <summary>Deleted with its pod, by a person or by whoever tidies up: the run is still open, so it gets another one.</summary>
    [Fact]
    public async Task A_Job_that_is_deleted_before_its_run_has_ended_is_made_again()
    {
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        await _world.Client<V1Job>().DeleteAsync(_world.Key(job.Metadata.Name), job.Metadata.Uid, Cancel);
        V1Job? next = null;
        await Until.TrueAsync(async () => (next = (await JobsAsync()).SingleOrDefault(found => found.Metadata.DeletionTimestamp is null && found.Metadata.Uid != job.Metadata.Uid)) is not null, () => _world.Output);
        Assert.Equal((job.Metadata.Name, RunOf(job)), (next!.Metadata.Name, RunOf(next)));
        Assert.Equal("Queued", await StateAsync(next));
    }

    /// <summary>Two that act at once, which the lease otherwise rules out.</summary>
    [Fact]
    public async Task Two_operators_that_both_act_make_one_Job_and_one_candidate()
    {
        await using OperatorProcess second = await _world.StartStandbyAsync("--Leader:Enabled", "false");
        await CreateAsync();
        await WishAsync("first");
        V1Job job = await JobAsync();
        string candidate = await TrainAsync(job);
        await EndAsync(job, "Complete", "CompletionsReached");
        ModelVersion version = await VersionAsync(candidate);
        await UntilAsync(found => found.Status?.LastJob?.ResultVersion == candidate);
        await AnnotateAsync(WellKnown.RequestedAt, "again");
        await UntilAsync(found => found.Status?.LastHandledReconcileAt == "again");
        Assert.Equal(job.Metadata.Uid, Assert.Single(await JobsAsync()).Metadata.Uid);
        Assert.Equal(version.Metadata.Uid, (await VersionAsync(candidate)).Metadata.Uid);
    }

    [Fact]
    public async Task Of_ended_Jobs_as_many_are_kept_as_the_policy_says()
    {
        await CreateAsync(new RetrainingJob { History = new JobHistory { Failed = 1 } });
        List<string> names = [];
        foreach (string wish in new[] { "first", "second", "third" })
        {
            await WishAsync(wish);
            IReadOnlyList<V1Job> found = [];
            await Until.TrueAsync(async () => (found = [.. (await JobsAsync()).Where(job => !names.Contains(job.Metadata.Name))]).Count == 1, () => _world.Output);
            names.Add(found[0].Metadata.Name);
            await EndAsync(found[0], "Failed", "DeadlineExceeded");
            await UntilAsync(policy => policy.Status?.LastJob?.Name == names[^1] && Of(policy) == "False JobFailed");
        }

        IReadOnlyList<V1Job> kept = [];
        await Until.TrueAsync(async () => (kept = [.. (await JobsAsync()).Where(job => job.Metadata.DeletionTimestamp is null)]).Count == 1, () => _world.Output);
        Assert.Equal(names[^1], kept[0].Metadata.Name);
    }

    private Task<DriftPolicy> CreateAsync(RetrainingJob? wish = null) => _world.Client<DriftPolicy>().CreateAsync(
        new DriftPolicy
        {
            Metadata = new ObjectMeta { Name = Model, Namespace = _world.Namespace },
            Spec = new DriftPolicySpec
            {
                ModelRef = new ModelRef { Model = Model },
                Actions = [new DriftAction { Severity = DriftSeverity.Critical, Type = DriftActionType.Retrain, Job = wish ?? new RetrainingJob() }],
            },
        },
        Cancel);

    private Task<DriftPolicy> WishAsync(string value) => AnnotateAsync(WellKnown.RetrainNow, value);

    private Task<DriftPolicy> AnnotateAsync(string annotation, string value) => _world.Client<DriftPolicy>().MergeAsync(
        _world.Key(Model), new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } }, Cancel);

    private async Task<V1Job> JobAsync()
    {
        IReadOnlyList<V1Job> found = [];
        await Until.TrueAsync(async () => (found = await JobsAsync()).Count > 0, () => _world.Output);
        return Assert.Single(found);
    }

    private async Task<IReadOnlyList<V1Job>> JobsAsync() => (await _world.Client<V1Job>().ListAsync(new ResourceSelection(_world.Namespace, $"finobs.io/model={Model}"), Cancel)).Items;

    private static string RunOf(V1Job job) => job.Metadata.Annotations["finobs.io/retraining-run"];

    private async Task<string?> StateAsync(V1Job job)
    {
        JsonElement detail = await _world.DataPlane.GetFromJsonAsync<JsonElement>(new Uri($"/v1/retraining-runs/{RunOf(job)}", UriKind.Relative), Cancel);
        return detail.GetProperty("run").GetProperty("state").GetString();
    }

    /// <summary>What the Job's pod does, but for the training: the name of the candidate.</summary>
    private async Task<string> TrainAsync(V1Job job)
    {
        string run = RunOf(job);
        Assert.Equal(run, job.Spec.Template.Spec.Containers[0].Args[4]);
        JsonElement claimed = await SendAsync($"/v1/retraining-runs/{run}/claim", new { });
        string version = claimed.GetProperty("version").GetString()!, lease = claimed.GetProperty("lease").GetString()!;
        ModelArtifact artifact = ModelVersionWorld.Artifact(Model, version);
        await _world.UploadAsync(artifact);
        HoldOutMetrics measured = new(0.40, 0.9, 0.5, 0.5, 0.01, 0.01, 0.001, 0.02, 0.1);
        object report = new { candidate = measured, parent = measured, labelledHoldOutRows = 5000, holdOutFrauds = 60, gate = new { passed = true }, artifactDigest = artifact.Digest };
        await SendAsync($"/v1/retraining-runs/{run}/result", new { lease, report, artifactDigest = artifact.Digest });
        return $"{Model}-{version}";
    }

    private Task<V1Job> EndAsync(V1Job job, string condition, string reason) => _world.Client<V1Job>().MergeAsync(
        _world.Key(job.Metadata.Name),
        (JsonObject)JsonNode.Parse(
            condition == "Complete"
                ? """{"status":{"startTime":"2026-01-02T03:04:05Z","completionTime":"2026-01-02T03:05:05Z","succeeded":1,"active":0,"ready":0,"terminating":0,"uncountedTerminatedPods":{},"conditions":[{"type":"SuccessCriteriaMet","status":"True","lastTransitionTime":"2026-01-02T03:05:05Z"},{"type":"Complete","status":"True","reason":"REASON","lastTransitionTime":"2026-01-02T03:05:05Z"}]}}""".Replace("REASON", reason, StringComparison.Ordinal)
                : """{"status":{"startTime":"2026-01-02T03:04:05Z","failed":7,"active":0,"ready":0,"terminating":0,"uncountedTerminatedPods":{},"conditions":[{"type":"FailureTarget","status":"True","reason":"REASON","lastTransitionTime":"2026-01-02T03:05:05Z"},{"type":"Failed","status":"True","reason":"REASON","lastTransitionTime":"2026-01-02T03:05:05Z"}]}}""".Replace("REASON", reason, StringComparison.Ordinal))!,
        Cancel,
        "status");

    private async Task<JsonElement> SendAsync(string path, object body)
    {
        using HttpResponseMessage answer = await _world.DataPlane.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    private async Task<ModelVersion> VersionAsync(string name)
    {
        ModelVersion? found = null;
        await Until.TrueAsync(async () => (found = await _world.Client<ModelVersion>().GetAsync(_world.Key(name), Cancel)) is not null, () => _world.Output);
        return found!;
    }

    private async Task<DriftPolicy> UntilAsync(Func<DriftPolicy, bool> condition)
    {
        DriftPolicy? found = null;
        await Until.TrueAsync(
            async () => (found = await _world.Client<DriftPolicy>().GetAsync(_world.Key(Model), Cancel)) is not null && condition(found),
            () => $"{JsonSerializer.Serialize(found, ResourceJson.Lenient)}\n{_world.Output}");
        return found!;
    }

    private static string Of(DriftPolicy policy) =>
        policy.Status?.Conditions?.FirstOrDefault(condition => condition.Type == DriftPolicyConditions.RetrainRunning) is { } found ? $"{found.Status} {found.Reason}" : "none";
}
