using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FinObs.Benchmarks.Load;

namespace FinObs.Benchmarks.Callbacks;

/// <summary>Transactions into the data plane, messages out of it into a sink.</summary>
internal sealed class CallbackLoad : IAsyncDisposable
{
    private const string Target = "/v1/namespaces/default/callbacktargets/bench";
    private const int Batch = 2_500;
    private const int PostsASecond = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly LoadRig _rig;
    private readonly CountingSink _sink;
    private readonly int _inFlight;
    private int _numbered;

    private CallbackLoad(LoadRig rig, CountingSink sink, int inFlight) => (_rig, _sink, _inFlight) = (rig, sink, inFlight);

    /// <summary>With a target in force, and everything compiled that is hot.</summary>
    public static async Task<CallbackLoad> StartAsync(LoadRig rig, int inFlight, CancellationToken cancellationToken)
    {
        CallbackLoad load = new(rig, await CountingSink.StartAsync(), inFlight);
        await load.ApplyAsync(suspend: false, cancellationToken);
        await load.PostAsync(load.Ids(5_000), cancellationToken);
        await UntilAsync(() => Task.FromResult(load._sink.Messages == 5_000));
        return load;
    }

    /// <summary>A queue that waits is let go: from the first message to the last.</summary>
    public async Task<string> DrainAsync(int messages, CancellationToken cancellationToken)
    {
        await ApplyAsync(suspend: true, cancellationToken);
        await UntilAsync(async () => await DepthAsync() == 0);
        _sink.Clear();
        string[] ids = Ids(messages);
        foreach (string[] part in ids.Chunk(Batch))
        {
            await PostAsync(part, cancellationToken);
        }

        await UntilAsync(async () => await DepthAsync() == messages);
        ProcessorTime before = _rig.ProcessorTime();
        await ApplyAsync(suspend: false, cancellationToken);
        await UntilAsync(() => Task.FromResult(_sink.Messages == messages));
        ProcessorTime used = _rig.ProcessorTime() - before;
        (long first, long last) = _sink.Span;
        TimeSpan took = Stopwatch.GetElapsedTime(first, last);
        return $"{messages / took.TotalSeconds:N0} deliveries/s ({messages:N0} in {took.TotalSeconds:0.00} s, {_sink.Requests - messages} twice); sink is the client: {used.Shares}";
    }

    /// <summary>A steady stream: from the answer to a transaction's POST to its message.</summary>
    public async Task<string> StreamAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        _sink.Clear();
        Dictionary<string, long> answeredAt = new(StringComparer.Ordinal);
        ProcessorTime before = _rig.ProcessorTime();
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1.0 / PostsASecond));
        while (Stopwatch.GetElapsedTime(start) < duration && await timer.WaitForNextTickAsync(cancellationToken))
        {
            string[] ids = Ids(rate / PostsASecond);
            await PostAsync(ids, cancellationToken);
            long answered = Stopwatch.GetTimestamp();
            Array.ForEach(ids, id => answeredAt[id] = answered);
        }

        await UntilAsync(() => Task.FromResult(_sink.Messages == answeredAt.Count));
        ProcessorTime used = _rig.ProcessorTime() - before;
        LatencyHistogram delays = new();
        foreach ((string id, long answered) in answeredAt)
        {
            delays.Record(Stopwatch.GetElapsedTime(answered, Math.Max(answered, _sink.FirstAt(id)!.Value)));
        }

        return $"{answeredAt.Count:N0} messages, delay p50 {delays.Percentile(0.5).TotalMilliseconds:0} ms, p99 {delays.Percentile(0.99).TotalMilliseconds:0} ms, max {delays.Max.TotalMilliseconds:0} ms; {used.Shares}";
    }

    /// <summary>A target for every decision.</summary>
    public static async Task ApplyAsync(LoadRig rig, string url, int inFlight, bool suspend, CancellationToken cancellationToken)
    {
        JsonObject submission = new()
        {
            ["managedBy"] = "Api",
            ["spec"] = new JsonObject
            {
                ["url"] = url,
                ["allowHttp"] = true,
                ["suspend"] = suspend,
                ["eventTypes"] = new JsonArray("decision.made"),
                ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "key", ["key"] = "key" } },
                ["delivery"] = new JsonObject { ["maxInFlight"] = inFlight, ["ratePerSecond"] = 10_000 },
                ["network"] = new JsonObject { ["allowPrivate"] = true },
            },
            ["secrets"] = new JsonObject
            {
                ["key"] = new JsonObject { ["resourceVersion"] = "1", ["data"] = new JsonObject { ["key"] = Convert.ToBase64String("whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz"u8) } },
            },
        };
        using HttpResponseMessage response = await rig.Host.Client.PutAsJsonAsync(new Uri(Target, UriKind.Relative), submission, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    private string[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => $"cb-{++_numbered}")];

    private Task ApplyAsync(bool suspend, CancellationToken cancellationToken) => ApplyAsync(_rig, _sink.Url, _inFlight, suspend, cancellationToken);

    private async Task PostAsync(string[] ids, CancellationToken cancellationToken)
    {
        StringBuilder items = new("[");
        foreach (string id in ids)
        {
            items.Append(items.Length > 1 ? "," : "").Append($"{{\"transaction_id\":\"{id}\",\"amount\":{10 + (_numbered % 90)},\"type\":\"card\",\"account\":\"a-{_numbered % 1000}\"}}");
        }

        using StringContent content = new(items.Append(']').ToString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _rig.Host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>From the table: a suspended target's status says only that it is suspended.</summary>
    private Task<long> DepthAsync() => _rig.Database.CountAsync("callback_deliveries");

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("It did not become so within five minutes.");
            }

            await Task.Delay(Pause);
        }
    }
}
