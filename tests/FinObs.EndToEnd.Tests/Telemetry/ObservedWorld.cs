using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>Data plane, operator and Prometheus, each a process of its own, and traffic in which everything happens that panels and alerts look at.</summary>
internal sealed class ObservedWorld : IAsyncDisposable
{
    private const string Default = "/v1/namespaces/default";

    private readonly InProcessCluster _cluster = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<IAsyncDisposable> _owned = [];
    private ModelVersionWorld _world = null!;
    private Task _traffic = Task.CompletedTask;
    private int _sent;

    public OtlpReceiver Traces { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ObservedWorld> StartAsync()
    {
        ObservedWorld observed = new();
        try
        {
            observed.Traces = observed.Own(await OtlpReceiver.StartAsync());
            observed._world = observed.Own(await ModelVersionWorld.CreateAsync(await observed._cluster.ConnectAsync(), hasDeploymentController: false, observed.Traces.Settings));
            observed.Prometheus = observed.Own(await PrometheusServer.StartAsync(Configuration(observed._world), Cancel));
            await observed.DeclareAsync();
            observed._traffic = observed.GoOnAsync();
            return observed;
        }
        catch
        {
            await observed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _traffic.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
        await _cluster.DisposeAsync();
        _end.Dispose();
    }

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>The jobs are called as docs/telemetry.md says; the rules are the committed ones.</summary>
    private static string Configuration(ModelVersionWorld world) => $$"""
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: ["{{RepositoryRoot.Combine("grafana/alerts/finobs.yaml")}}"]
        scrape_configs:
          - job_name: finobs-dataplane
            authorization: {credentials: "{{WorldAccess.TestKey.Parameter}}"}
            static_configs: [{targets: ["{{world.DataPlane.BaseAddress!.Authority}}"]}]
          - job_name: finobs-operator
            static_configs: [{targets: ["{{world.OperatorAddress.Authority}}"]}]
        """;

    /// <summary>A receiver that is gone for good, a source that is away, a version that decides, and one that waits for people.</summary>
    private async Task DeclareAsync()
    {
        CallbackSink gone = Own(await CallbackSink.StartAsync());
        gone.AnswerStatus(StatusCodes.Status410Gone);
        await PutAsync($"{Default}/callbacktargets/gone", new JsonObject
        {
            ["url"] = gone.Url,
            ["allowHttp"] = true,
            ["eventTypes"] = new JsonArray("decision.made"),
            ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "key", ["key"] = "key" } },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        }, new JsonObject { ["key"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz"u8) } } });
        await PutAsync($"{Default}/pullsources/away", new JsonObject
        {
            ["url"] = $"http://127.0.0.1:{FreePort.Next()}/",
            ["schedule"] = new JsonObject { ["interval"] = "10s" },
            ["mapping"] = new JsonObject { ["transactionId"] = "$.id", ["amount"] = "$.amount" },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        });
        await DeclareAsync("1.0.0", rollout: null);
        await DeclareAsync("1.1.0", new RolloutSpec
        {
            Steps = [new RolloutStep { Shadow = new ShadowStep { Duration = Contracts.Resources.Duration.Seconds(1), MinSamples = 1 } }, new RolloutStep { Approval = new ApprovalStep { Required = 1, Roles = ["compliance"] } }],
        });
    }

    private async Task DeclareAsync(string version, RolloutSpec? rollout)
    {
        ModelArtifact artifact = ModelVersionWorld.Artifact("observed", version);
        await _world.UploadAsync(artifact);
        ModelVersion declared = _world.Version("observed", version, artifact.Digest);
        await _world.Client<ModelVersion>().CreateAsync(declared with { Spec = declared.Spec with { Rollout = rollout, Serving = new ServingSpec { Replicas = 0 } } }, Cancel);
        if (rollout is null) await _world.UntilAsync(declared.Metadata.Name, found => ModelVersionWorld.Of(found, "Ready") == "True Succeeded");
    }

    private async Task PutAsync(string path, JsonObject spec, JsonObject? secrets = null)
    {
        JsonObject submission = new() { ["managedBy"] = "Api", ["spec"] = spec };
        if (secrets is not null) submission["secrets"] = secrets;
        using HttpResponseMessage answer = await _world.DataPlane.PutAsJsonAsync(new Uri(path, UriKind.Relative), submission, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>A rate is of what goes on: until the test ends.</summary>
    private async Task GoOnAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        while (!_end.IsCancellationRequested)
        {
            await SendAsync("/webhooks/transactions");
            await SendAsync($"/webhooks/transactions?namespace={_world.Namespace}");
            await GetAsync("/v1/transactions");
            await GetAsync("/v1/nothing-is-here");
            await timer.WaitForNextTickAsync(_end.Token);
        }
    }

    /// <summary>Ordinary ones, one that must be looked at, one that is none, one that came before.</summary>
    private async Task SendAsync(string path)
    {
        int n = Interlocked.Add(ref _sent, 10);
        IEnumerable<string> items = Enumerable.Range(n, 8).Select(i => $$"""{"transaction_id":"o-{{i}}","amount":{{(i % 40) + 1}},"type":"card","account":"a-{{i % 7}}","counterparty":"c-{{i % 5}}"}""")
            .Append($$"""{"transaction_id":"big-{{n}}","amount":9800000,"type":"wire","account":"new-{{n}}","counterparty":"strange-{{n}}"}""")
            .Append($$"""{"transaction_id":"o-{{n}}","amount":{{(n % 40) + 1}},"type":"card","account":"a-{{n % 7}}","counterparty":"c-{{n % 5}}"}""")
            .Append("""{"transaction_id":"broken"}""");
        using StringContent body = new($"[{string.Join(',', items)}]", Encoding.UTF8, "application/json");
        using HttpResponseMessage _ = await _world.DataPlane.PostAsync(new Uri(path, UriKind.Relative), body, _end.Token);
    }

    private async Task GetAsync(string path)
    {
        using HttpResponseMessage _ = await _world.DataPlane.GetAsync(new Uri(path, UriKind.Relative), _end.Token);
    }
}
