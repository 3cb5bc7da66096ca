using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.EndToEnd.Tests.Chaos;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Replicas;

/// <summary>Several data planes, each a process of its own, on one PostgreSQL, with a Redis between them, and a receiver that is told of every decision.</summary>
internal sealed class ReplicaWorld : IAsyncDisposable
{
    public const string Target = "/v1/namespaces/default/callbacktargets/told";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly Func<string[], Task<DataPlaneProcess>> _start;
    private readonly string _lease;
    private readonly List<DataPlaneProcess> _hosts = [];

    private ReplicaWorld(Func<string[], Task<DataPlaneProcess>> start, string lease, RedisServer redis, CallbackSink sink) => (_start, _lease, Redis, Sink) = (start, lease, redis, sink);

    public RedisServer Redis { get; }

    public CallbackSink Sink { get; }

    public IReadOnlyList<DataPlaneProcess> Hosts => _hosts;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="start">Starts one with these settings, always on the same data.</param>
    /// <param name="count">How many.</param>
    /// <param name="lease">How long after its death a replica's targets are another one's. Where none dies, long enough for a machine that is busy.</param>
    public static async Task<ReplicaWorld> StartAsync(Func<string[], Task<DataPlaneProcess>> start, int count, string lease = "00:00:20")
    {
        ReplicaWorld world = new(start, lease, await RedisServer.StartAsync(), await CallbackSink.StartAsync());
        for (int i = 0; i < count; i++)
        {
            world._hosts.Add(await world.StartOneAsync());
        }

        await world.ApplyAsync();
        return world;
    }

    /// <summary>SIGKILL, and another one in its place.</summary>
    public async Task ReplaceAsync(int index)
    {
        await _hosts[index].KillAsync();
        await _hosts[index].DisposeAsync();
        _hosts[index] = await StartOneAsync();
    }

    public Task<string> PostAsync(int index, string item) => SingleSender.PostAsync(_hosts[index % _hosts.Count].Client, item);

    /// <summary>Until nothing waits for the receiver any more.</summary>
    public async Task DeliveredAsync(int messages)
    {
        await UntilAsync(() => Task.FromResult(Sink.All.Select(received => received.Id).Distinct().Count() >= messages), () => $"{Sink.All.Count} of {messages} messages");
        JsonElement status = default;
        await UntilAsync(
            async () =>
            {
                status = (await _hosts[0].Client.GetFromJsonAsync<JsonElement>(new Uri($"{Target}/status", UriKind.Relative), Cancel)).GetProperty("status");
                return status.GetProperty("queueDepth").GetInt64() == 0;
            },
            () => status.GetRawText());
        Assert.Equal(0, status.GetProperty("deadLetters").GetInt64());
    }

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, what());
            await Task.Delay(Pause, TimeProvider.System, Cancel);
        }
    }

    public static string TransactionOf(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("data").GetProperty("transaction_id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        foreach (DataPlaneProcess host in _hosts)
        {
            await host.DisposeAsync();
        }

        await Sink.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private Task<DataPlaneProcess> StartOneAsync() => _start(["--ConnectionStrings:Redis", Redis.Address, "--Callbacks:LeaseTime", _lease, "--Callbacks:AllowPrivateAddresses", "true"]);

    private async Task ApplyAsync()
    {
        JsonObject submission = new()
        {
            ["managedBy"] = "Api",
            ["spec"] = new JsonObject
            {
                ["url"] = Sink.Url,
                ["allowHttp"] = true,
                ["eventTypes"] = new JsonArray("decision.made"),
                ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "key", ["key"] = "key" } },
                ["delivery"] = new JsonObject { ["maxInFlight"] = 8, ["ratePerSecond"] = 1000 },
            },
            ["secrets"] = new JsonObject
            {
                ["key"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz"u8) } },
            },
        };
        using HttpResponseMessage response = await _hosts[0].Client.PutAsJsonAsync(new Uri(Target, UriKind.Relative), submission, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
