using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.PullSources;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.EndToEnd.Tests.Policies;

public sealed class InProcessInAndOutLifeTests(PolicyWorld<InProcessCluster> world) : InAndOutLifeTests(world), IClassFixture<PolicyWorld<InProcessCluster>>;

[Collection(OneRealCluster.Name)]
public sealed class RealInAndOutLifeTests(PolicyWorld<RealCluster> world) : InAndOutLifeTests(world), IClassFixture<PolicyWorld<RealCluster>>;

/// <summary>The whole life of what is told and what is fetched, with the real operator, the real data plane, a real receiver and a real source.</summary>
public abstract class InAndOutLifeTests(IPolicyWorld shared) : IAsyncLifetime
{
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
    public async Task A_target_is_told_its_key_is_rotated_its_failures_are_seen_and_it_goes_once_it_is_drained()
    {
        await using CallbackSink sink = await CallbackSink.StartAsync();
        string name = $"told-{_suffix}", keys = $"told-keys-{_suffix}";
        await CreateSecretAsync(keys, "whsec_bm90LWEtc2VjcmV0LWp1c3QtYW4tZXhhbXBsZS0wMDAx");
        CallbackTarget created = await _world.Client<CallbackTarget>().CreateAsync(Of<CallbackTarget>("CallbackTarget", name, new JsonObject
        {
            ["url"] = sink.Url,
            ["allowHttp"] = true,
            ["eventTypes"] = new JsonArray("decision.made"),
            ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = keys, ["key"] = "key" } },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        }), Cancel);
        await UntilAsync<CallbackTarget>(name, found => Is(found.Status, ConditionTypes.Ready, ConditionStatus.True));

        await PostAsync("first");
        CallbackTarget told = await UntilAsync<CallbackTarget>(name, found => found.Status?.LastSuccess is not null && found.Status.Stats24h?.Delivered > 0);
        Assert.Equal((CallbackState.Active, 0L), (told.Status!.State, told.Status.DeadLetters));
        Assert.Contains("first", string.Concat(sink.All.Select(received => received.Body)), StringComparison.Ordinal);

        JsonObject changed = new() { ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3"u8) } };
        await _world.Client<V1Secret>().MergeAsync(_world.Key(keys), changed, Cancel);
        CallbackTarget rotated = await UntilAsync<CallbackTarget>(name, found => found.Status?.Signing?.KeyId is { } id && id != told.Status.Signing!.KeyId);
        Assert.Equal(told.Status.Signing!.KeyId, rotated.Status!.Signing!.PreviousKeyId);

        sink.AnswerStatus(StatusCodes.Status500InternalServerError);
        await PostAsync("second");
        CallbackTarget failing = await UntilAsync<CallbackTarget>(name, found => found.Status is { LastFailure.Code: 500, QueueDepth: 1 });
        Assert.NotNull(failing.Status!.OldestPending);

        await _world.Client<CallbackTarget>().DeleteAsync(_world.Key(name), created.Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await _world.Client<CallbackTarget>().GetAsync(_world.Key(name), Cancel) is null, () => _world.Output);
        using HttpResponseMessage gone = await _world.DataPlane.GetAsync(new Uri($"/v1/namespaces/{_world.Namespace}/callbacktargets/{name}", UriKind.Relative), Cancel);
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task Annotations_enable_test_and_replay_once_a_value()
    {
        await using CallbackSink sink = await CallbackSink.StartAsync();
        sink.AnswerStatus(StatusCodes.Status410Gone);
        string name = $"asked-{_suffix}", keys = $"asked-keys-{_suffix}";
        await CreateSecretAsync(keys, "whsec_bm90LWEtc2VjcmV0LWp1c3QtYW4tZXhhbXBsZS0wMDAx");
        await _world.Client<CallbackTarget>().CreateAsync(Of<CallbackTarget>("CallbackTarget", name, new JsonObject
        {
            ["url"] = sink.Url,
            ["allowHttp"] = true,
            ["eventTypes"] = new JsonArray("decision.made"),
            ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = keys, ["key"] = "key" } },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        }), Cancel);
        await UntilAsync<CallbackTarget>(name, found => Is(found.Status, ConditionTypes.Ready, ConditionStatus.True));
        string before = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await PostAsync("asked");
        await UntilAsync<CallbackTarget>(name, found => found.Status is { State: CallbackState.Disabled, DeadLetters: 1 });

        sink.AnswerStatus(StatusCodes.Status204NoContent);
        await AnnotateAsync(name, (WellKnown.Enable, "1"), (WellKnown.SendTest, "1"), (WellKnown.Replay, "dlq"));
        CallbackTarget done = await UntilAsync<CallbackTarget>(name, found => found.Status is { LastHandledReplay: "dlq", LastHandledSendTest: "1", LastHandledEnable: "1", DeadLetters: 0, QueueDepth: 0 });
        Assert.Equal(CallbackState.Active, done.Status!.State);
        Assert.Equal(["decision.made", "decision.made", "finobs.test"], sink.All.Select(TypeOf).Order());

        // Looked at again and again, the same values ask for nothing.
        foreach (string time in (string[])["a", "b"])
        {
            await AnnotateAsync(name, (WellKnown.RequestedAt, time));
            await UntilAsync<CallbackTarget>(name, found => found.Status!.LastHandledReconcileAt == time);
        }

        Assert.Equal(3, sink.All.Count);
        await AnnotateAsync(name, (WellKnown.Replay, "yesterday"));
        CallbackTarget unknown = await UntilAsync<CallbackTarget>(name, found => found.Status?.BlockedOn is { Gate: "Annotation" });
        Assert.Contains("since=", unknown.Status!.BlockedOn!.Hint, StringComparison.Ordinal);
        Assert.Equal("dlq", unknown.Status.LastHandledReplay);

        await AnnotateAsync(name, (WellKnown.Replay, $"since={before}"), (WellKnown.SendTest, "2"));
        await UntilAsync<CallbackTarget>(name, found => found.Status is { BlockedOn: null, LastHandledSendTest: "2", QueueDepth: 0 } && found.Status.LastHandledReplay == $"since={before}" && sink.All.Count(IsAsked) == 3);
        Assert.Single(sink.All.Where(IsAsked).Select(received => received.Id).Distinct());
        Assert.Equal(2, sink.All.Where(received => TypeOf(received) == "finobs.test").Select(received => received.Id).Distinct().Count());
        string story = await _world.StoryAsync(name);
        Assert.All((string[])["Enabled", "TestDelivered", "Replayed"], reason => Assert.Contains(reason, story, StringComparison.Ordinal));

        bool IsAsked(Received received) => received.Body.Contains($"asked-{_suffix}\"", StringComparison.Ordinal) && TypeOf(received) == "decision.made";
        static string TypeOf(Received received) => JsonNode.Parse(received.Body)!["type"]!.GetValue<string>();
    }

    [Fact]
    public async Task A_source_is_fetched_from_its_runs_are_seen_and_a_source_that_fails_says_why()
    {
        await using WebApplication bank = await BankAsync();
        string name = $"fetched-{_suffix}", keys = $"fetched-keys-{_suffix}";
        await CreateSecretAsync(keys, "open sesame".Replace(' ', '-'));
        PullSource created = await _world.Client<PullSource>().CreateAsync(Of<PullSource>("PullSource", name, new JsonObject
        {
            ["url"] = bank.Urls.First() + "/rows",
            ["auth"] = new JsonObject { ["bearerSecretRef"] = new JsonObject { ["name"] = keys, ["key"] = "key" } },
            ["schedule"] = new JsonObject { ["interval"] = "1s" },
            ["mapping"] = new JsonObject { ["transactionId"] = "$.id", ["amount"] = "$.amt" },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
            ["scoring"] = new JsonObject { ["source"] = name },
        }), Cancel);
        PullSource fetched = await UntilAsync<PullSource>(name, found => found.Status?.LastRun is { Fetched: 2, Duplicates: 2 });
        Assert.Equal((200, 0), (fetched.Status!.LastRun!.HttpStatus, fetched.Status.ConsecutiveFailures));
        Assert.True(Is(fetched.Status, ConditionTypes.Ready, ConditionStatus.True), JsonSerializer.Serialize(fetched, ResourceJson.Lenient));
        JsonNode stored = JsonNode.Parse(await _world.DataPlane.GetStringAsync(
            new Uri($"/v1/transactions?namespace={_world.Namespace}&source={name}", UriKind.Relative), Cancel))!;
        Assert.Equal(2, stored["items"]!.AsArray().Count);

        await _world.Client<V1Secret>().MergeAsync(_world.Key(keys), new JsonObject { ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("wrong"u8) } }, Cancel);
        PullSource refused = await UntilAsync<PullSource>(name, found => found.Status is { ConsecutiveFailures: > 0, LastRun.HttpStatus: 401 });
        Assert.False(Is(refused.Status, ConditionTypes.Ready, ConditionStatus.True));

        await _world.Client<PullSource>().DeleteAsync(_world.Key(name), created.Metadata.Uid!, Cancel);
        await Until.TrueAsync(async () => await _world.Client<PullSource>().GetAsync(_world.Key(name), Cancel) is null, () => _world.Output);
    }

    private static async Task<WebApplication> BankAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        WebApplication bank = builder.Build();
        bank.MapGet("/rows", (HttpRequest request) => request.Headers.Authorization == "Bearer open-sesame"
            ? Results.Json(new[] { new { id = "row-1", amt = 12.5 }, new { id = "row-2", amt = 13.5 } })
            : Results.Unauthorized());
        await bank.StartAsync(Cancel);
        return bank;
    }

    private Task<CallbackTarget> AnnotateAsync(string name, params (string Name, string Value)[] annotations) => _world.Client<CallbackTarget>().MergeAsync(
        _world.Key(name),
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject(annotations.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)JsonValue.Create(one.Value)))) } },
        Cancel);

    private async Task PostAsync(string id)
    {
        using StringContent body = new($$"""{"transaction_id":"{{id}}-{{_suffix}}","amount":10,"type":"card"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _world.DataPlane.PostAsync(new Uri($"/webhooks/transactions?namespace={_world.Namespace}", UriKind.Relative), body, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    private Task<V1Secret> CreateSecretAsync(string name, string value) => _world.Client<V1Secret>().CreateAsync(
        new V1Secret { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = _world.Namespace }, Data = new Dictionary<string, byte[]> { ["key"] = Encoding.UTF8.GetBytes(value) } }, Cancel);

    private T Of<T>(string kind, string name, JsonObject spec)
        where T : CustomResource => new JsonObject
        {
            ["apiVersion"] = "finobs.io/v1alpha1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _world.Namespace },
            ["spec"] = spec,
        }.Deserialize<T>(ResourceJson.Lenient)!;

    private async Task<T> UntilAsync<T>(string name, Func<T, bool> condition)
        where T : CustomResource
    {
        T? found = null;
        await Until.TrueAsync(
            async () => (found = await _world.Client<T>().GetAsync(_world.Key(name), Cancel)) is not null && condition(found),
            () => $"{JsonSerializer.Serialize(found, ResourceJson.Lenient)}\n{_world.Output}");
        return found!;
    }

    private static bool Is(ResourceStatus? status, string type, ConditionStatus wanted) => status?.Conditions?.FirstOrDefault(condition => condition.Type == type)?.Status == wanted;
}
