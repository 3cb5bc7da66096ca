using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Resources.Files;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.Policies;

public sealed class InProcessPolicyLifeTests(PolicyWorld<InProcessCluster> world) : PolicyLifeTests(world), IClassFixture<PolicyWorld<InProcessCluster>>;

[Collection(OneRealCluster.Name)]
public sealed class RealPolicyLifeTests(PolicyWorld<RealCluster> world) : PolicyLifeTests(world), IClassFixture<PolicyWorld<RealCluster>>;

/// <summary>The four kinds upon which the data plane alone acts, from the samples, with the real operator and the real data plane. Each test has names of its own.</summary>
public abstract class PolicyLifeTests(IPolicyWorld shared) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["webhook"] = "whsec_bm90LWEtc2VjcmV0LWp1c3QtYW4tZXhhbXBsZS0wMDAx",
        ["receiver-token"] = "one",
        ["client-secret"] = "two",
        ["artifact.pem"] = "three",
    };

    private readonly string _suffix = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("n")[20..];
    private ModelVersionWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = (ModelVersionWorld)await shared.OpenAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_sample_reaches_the_data_plane_and_says_what_becomes_of_it()
    {
        await CreateKeysAsync();
        await AppliedAsync(Sample<CallbackTarget>("callbacktarget"), target => target.Status, CommonReasons.Succeeded);
        await AppliedAsync(Sample<DriftPolicy>("driftpolicy"), policy => policy.Status, DriftPolicyReasons.ModelMissing);
        await AppliedAsync(Sample<ABExperiment>("abexperiment"), experiment => experiment.Status, CommonReasons.Succeeded);
    }

    [Fact]
    public async Task A_missing_Secret_stalls_it_and_a_new_value_is_a_new_revision()
    {
        CallbackTarget target = await _world.Client<CallbackTarget>().CreateAsync(Sample<CallbackTarget>("callbacktarget"), Cancel);
        CallbackTarget stalled = await UntilAsync<CallbackTarget>(target.Metadata.Name, found => Reason(found.Status, ConditionTypes.Stalled) == CommonReasons.SecretMissing);
        Assert.Equal("Secret", stalled.Status!.BlockedOn!.Gate);
        Assert.Contains($"keys-{_suffix}", stalled.Status.BlockedOn.Hint, StringComparison.Ordinal);

        V1Secret secret = await CreateKeysAsync();
        await UntilAsync<CallbackTarget>(target.Metadata.Name, found => Reason(found.Status, ConditionTypes.Ready) == CommonReasons.Succeeded && found.Status!.BlockedOn is null);
        await _world.Client<V1Secret>().MergeAsync(_world.Key(secret.Metadata.Name), new JsonObject { ["data"] = new JsonObject { ["webhook"] = "d2hzZWNfZEhkdg==" } }, Cancel);
        await Until.TrueAsync(async () => (await HistoryAsync("callbacktargets", target.Metadata.Name)).Count == 2);
    }

    [Fact]
    public async Task What_somebody_else_looks_after_is_left_to_them_until_they_give_it_up()
    {
        DriftPolicy sample = Sample<DriftPolicy>("driftpolicy");
        JsonObject theirs = new() { ["managedBy"] = "Api", ["spec"] = JsonSerializer.SerializeToNode(sample.Spec, ResourceJson.Lenient) };
        using HttpResponseMessage put = await _world.DataPlane.PutAsJsonAsync(Path("driftpolicies", sample.Metadata.Name), theirs, Cancel);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Cancel));

        await _world.Client<DriftPolicy>().CreateAsync(sample, Cancel);
        DriftPolicy stalled = await UntilAsync<DriftPolicy>(sample.Metadata.Name, found => Reason(found.Status, ConditionTypes.Stalled) == CommonReasons.OwnedByAnother);
        Assert.Equal("Owner", stalled.Status!.BlockedOn!.Gate);

        using HttpResponseMessage deleted = await _world.DataPlane.DeleteAsync(Path("driftpolicies", sample.Metadata.Name), Cancel);
        Assert.True(deleted.IsSuccessStatusCode);
        await UntilAsync<DriftPolicy>(sample.Metadata.Name, found => Reason(found.Status, ConditionTypes.Ready) == DriftPolicyReasons.ModelMissing && found.Status!.BlockedOn is null);
    }

    [Fact]
    public async Task Who_changed_it_why_and_in_which_trace_is_in_its_history_and_deleted_it_is_gone_in_both()
    {
        await CreateKeysAsync();
        DriftPolicy sample = Sample<DriftPolicy>("driftpolicy");
        const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        Dictionary<string, string> why = new() { [WellKnown.ChangedBy] = "ada", [WellKnown.ChangeReason] = "ticket 12", [WellKnown.Traceparent] = $"00-{TraceId}-00f067aa0ba902b7-01" };
        DriftPolicy policy = await _world.Client<DriftPolicy>().CreateAsync(sample with { Metadata = sample.Metadata with { Annotations = why } }, Cancel);
        DriftPolicy applied = await UntilAsync<DriftPolicy>(policy.Metadata.Name, found => Reason(found.Status, ConditionTypes.Ready) == DriftPolicyReasons.ModelMissing);
        JsonNode change = Assert.Single(await HistoryAsync("driftpolicies", policy.Metadata.Name))!;
        Assert.EndsWith("ada", change["changedBy"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ticket 12", change["changeReason"]!.GetValue<string>());
        Assert.Equal((TraceId, TraceId), (applied.Status!.TraceId, change["traceId"]!.GetValue<string>()));

        await _world.Client<DriftPolicy>().DeleteAsync(_world.Key(policy.Metadata.Name), policy.Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await _world.Client<DriftPolicy>().GetAsync(_world.Key(policy.Metadata.Name), Cancel) is null);
        using HttpResponseMessage gone = await _world.DataPlane.GetAsync(Path("driftpolicies", policy.Metadata.Name), Cancel);
        Assert.Equal(404, (int)gone.StatusCode);
    }

    private async Task AppliedAsync<T>(T sample, Func<T, ResourceStatus?> status, string reason)
        where T : CustomResource
    {
        await _world.Client<T>().CreateAsync(sample, Cancel);
        T applied = await UntilAsync<T>(sample.Metadata.Name, found => Reason(status(found), ConditionTypes.Ready) == reason && status(found)!.ObservedGeneration == found.Metadata.Generation);
        Assert.NotNull(status(applied)!.Audit?.LeafId);
        JsonNode stored = (await _world.DataPlane.GetFromJsonAsync<JsonNode>(Path(ResourceKinds.Find(sample.Kind)!.Plural, sample.Metadata.Name), Cancel))!;
        Assert.Equal(("Operator", applied.Metadata.Uid), (stored["managedBy"]!.GetValue<string>(), stored["revision"]!["uid"]!.GetValue<string>()));
        await Until.TrueAsync(async () => (await _world.StoryAsync(sample.Metadata.Name)).Contains(reason, StringComparison.Ordinal));
    }

    private Task<V1Secret> CreateKeysAsync() => _world.Client<V1Secret>().CreateAsync(
        new V1Secret { Metadata = new V1ObjectMeta { Name = $"keys-{_suffix}", NamespaceProperty = _world.Namespace }, Data = Keys.ToDictionary(key => key.Key, key => System.Text.Encoding.UTF8.GetBytes(key.Value)) },
        Cancel);

    /// <summary>The sample under a name of this test, with the Secret of this test.</summary>
    private T Sample<T>(string file)
        where T : CustomResource
    {
        string yaml = File.ReadAllText(RepositoryRoot.Combine($"samples/resources/{file}.yaml")).Replace("finobs-sample-keys", $"keys-{_suffix}", StringComparison.Ordinal);
        T sample = YamlJson.ToJson(YamlJson.Parse(yaml)!).Deserialize<T>(ResourceJson.Lenient)!;
        return sample with { Metadata = sample.Metadata with { Name = $"{sample.Metadata.Name}-{_suffix}", Namespace = _world.Namespace } };
    }

    private async Task<T> UntilAsync<T>(string name, Func<T, bool> condition)
        where T : CustomResource
    {
        T? found = null;
        await Until.TrueAsync(
            async () => (found = await _world.Client<T>().GetAsync(_world.Key(name), Cancel)) is not null && condition(found),
            () => $"{JsonSerializer.Serialize(found, ResourceJson.Lenient)}\n{_world.Output}");
        return found!;
    }

    private async Task<JsonArray> HistoryAsync(string plural, string name) =>
        (await _world.DataPlane.GetFromJsonAsync<JsonNode>($"{Path(plural, name)}/history", Cancel))!["items"]!.AsArray();

    private Uri Path(string plural, string name) => new($"/v1/namespaces/{_world.Namespace}/{plural}/{name}", UriKind.Relative);

    private static string? Reason(ResourceStatus? status, string type) => status?.Conditions?.FirstOrDefault(condition => condition.Type == type)?.Reason;
}
