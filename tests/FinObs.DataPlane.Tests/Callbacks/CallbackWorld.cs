using System.Text.Json.Nodes;
using System.Text.Json;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>A data plane without a model, whose every transaction is therefore flagged, and a receiver.</summary>
internal sealed class CallbackWorld : IAsyncDisposable
{
    public const string Target = "/v1/namespaces/default/callbacktargets/siem";

    private int _sent;

    private CallbackWorld(TestDataPlane host, CallbackSink sink)
    {
        Host = host;
        Sink = sink;
        Door = new Door(host);
    }

    public TestDataPlane Host { get; }

    public CallbackSink Sink { get; }

    public Door Door { get; }

    public static async Task<CallbackWorld> StartAsync(DatabaseKind kind, params string[] args) =>
        new(await TestDataPlane.StartAsync(kind, [.. Door.WithoutModel, "--Callbacks:LeaseTime", "00:00:02", .. args]), await CallbackSink.StartAsync());

    /// <summary>A target of this world's receiver that is quick to try again.</summary>
    public JsonObject Spec(Action<JsonObject>? change = null)
    {
        JsonObject spec = Door.TargetSpec(Sink.Url);
        spec["allowHttp"] = true;
        spec["network"] = new JsonObject { ["allowedCidrs"] = new JsonArray("127.0.0.0/8") };
        spec["delivery"] = new JsonObject { ["schedule"] = new JsonArray("10ms", "10ms", "10ms", "1h"), ["timeout"] = "5s", ["ratePerSecond"] = 10000 };
        change?.Invoke(spec);
        return spec;
    }

    public async Task ApplyAsync(Action<JsonObject>? change = null, JsonObject? secrets = null)
    {
        DoorAnswer answer = await Door.PutAsync(Door.ByApi(Spec(change), secrets), Target);
        Assert.True(answer.Status is 200 or 201, answer.Text);
        long generation = answer.Generation;
        await Door.UntilAsync(() => Door.GetAsync($"{Target}/status"), status => status.Json.GetProperty("status").GetProperty("observedGeneration").GetInt64() >= generation);
    }

    /// <summary>So many transactions; returns their ids.</summary>
    public async Task<string[]> TransactAsync(int count = 1, string account = "account-of-somebody")
    {
        string[] ids = [.. Enumerable.Range(0, count).Select(_ => $"t-{++_sent}")];
        JsonArray items = [.. ids.Select(id => new JsonObject
        {
            ["transaction_id"] = id,
            ["amount"] = 12.5,
            ["currency"] = "EUR",
            ["type"] = "card",
            ["account"] = account,
            ["counterparty"] = "counterparty-of-somebody",
            ["meta"] = new JsonObject { ["note"] = "a note about somebody" },
        })];
        await Host.PostAsync(items.ToJsonString());
        return ids;
    }

    /// <summary>Waits until the receiver has what is asked for.</summary>
    public Task<IReadOnlyList<Received>> ReceivedAsync(Func<IReadOnlyList<Received>, bool> enough) => Door.UntilAsync(() => Task.FromResult(Sink.All), enough, TimeSpan.FromSeconds(30));

    public Task<IReadOnlyList<Received>> ReceivedAsync(int count) => ReceivedAsync(all => all.Count >= count);

    /// <summary>All that has happened so far is numbered, and was looked at for the targets as they are.</summary>
    public Task FannedOutAsync() => Door.UntilAsync(
        async () =>
        {
            await using FinObsDbContext db = Host.Services.GetRequiredService<IDatabase>().CreateContext();
            long last = await db.EventCounters.Where(row => row.Namespace == "default").Select(row => row.LastEventId).SingleOrDefaultAsync();
            return !await db.Outbox.AnyAsync() && await db.EventCursors.AnyAsync(row => row.Reader == "callbacks" && row.Namespace == "default" && row.LastEventId == last);
        },
        done => done, TimeSpan.FromSeconds(30));

    public async Task<JsonElement> StatusAsync() => (await Door.GetAsync($"{Target}/status")).Json.GetProperty("status");

    public async Task<JsonElement> StatusAsync(Func<JsonElement, bool> holds) => await Door.UntilAsync(StatusAsync, holds, TimeSpan.FromSeconds(30));

    public async Task<JsonElement> PostAsync(string path, int expected = 200)
    {
        DoorAnswer answer = await Door.SendAsync(HttpMethod.Post, path);
        Assert.True(answer.Status == expected, answer.Text);
        return answer.Json;
    }

    public static string TransactionOf(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("data").GetProperty("transaction_id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        await Host.DisposeAsync();
    }
}
