using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace FinObs.Benchmarks.Mcp;

/// <summary><c>mcp [--database …] [--calls N] [--clients N] [--seconds N]</c>: a tool beside the REST call that does the same, a batch of 10,000, and many clients at once, with the SDK's own client.</summary>
internal static class McpCommand
{
    private const string Check = "check_transaction_compliance";
    private const string Batch = "batch_check_compliance";
    private const int BatchSize = 10_000;
    private const int Batches = 9;
    private const int WarmUp = 300;

    public static Command Create()
    {
        Option<int> calls = new("--calls") { Description = "Calls of each kind, in turn.", DefaultValueFactory = _ => 1_000 };
        Option<int> clients = new("--clients") { Description = "Clients at once.", DefaultValueFactory = _ => 100 };
        Option<int> seconds = new("--seconds") { Description = "For how long they call.", DefaultValueFactory = _ => 10 };
        Command command = new("mcp", "Tools beside REST, and many clients.") { DatabaseOption.Instance, calls, clients, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Console.WriteLine($"{Machine.Description}\nOne replica; clients, data plane and database share the machine.");
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
                if (rig is null)
                {
                    Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                    continue;
                }

                Console.WriteLine(rig.Database.Name);
                await BesideRestAsync(rig, parsed.GetValue(calls), cancellationToken);
                await BatchesAsync(rig, cancellationToken);
                await ManyAsync(rig, parsed.GetValue(clients), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            }
        });
        return command;
    }

    /// <summary>In turn, so that whatever else the machine does meets both alike.</summary>
    private static async Task BesideRestAsync(LoadRig rig, int calls, CancellationToken cancellationToken)
    {
        await using McpClient client = await ConnectAsync(rig, cancellationToken);
        LatencyHistogram tool = new(), monitor = new(), explain = new();
        for (int i = -WarmUp; i < calls; i++)
        {
            (LatencyHistogram t, LatencyHistogram m, LatencyHistogram e) = i < 0 ? (new(), new(), new()) : (tool, monitor, explain);
            await TimedAsync(t, () => CallAsync(client, Check, Arguments(i), cancellationToken));
            await TimedAsync(m, () => PostAsync(rig, "/agent/compliance/monitor", JsonSerializer.Serialize(Arguments(i)), cancellationToken));
            await TimedAsync(e, () => PostAsync(rig, "/agent/compliance/explain", JsonSerializer.Serialize(Arguments(i)), cancellationToken));
        }

        Console.WriteLine($"  {Check}: {Said(tool)}; POST monitor, which stores: {Said(monitor)}; POST explain, which stores nothing either: {Said(explain)}");
    }

    private static async Task BatchesAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        await using McpClient client = await ConnectAsync(rig, cancellationToken);
        Dictionary<string, object?> arguments = new() { ["transactions"] = Enumerable.Range(0, BatchSize).Select(Arguments).ToArray() };
        LatencyHistogram times = new();
        for (int i = -2; i < Batches; i++)
        {
            await TimedAsync(i < 0 ? new LatencyHistogram() : times, () => CallAsync(client, Batch, arguments, cancellationToken));
        }

        Console.WriteLine($"  {Batch} of {BatchSize:N0}: {Said(times)}");
    }

    private static async Task ManyAsync(LoadRig rig, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        McpClient[] clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ConnectAsync(rig, cancellationToken)));
        double open = ResidentMemory.Of(rig.Host.ProcessId);
        long start = Stopwatch.GetTimestamp();
        LatencyHistogram[] each = await Task.WhenAll(clients.Select((client, of) => Task.Run(
            async () =>
            {
                LatencyHistogram times = new();
                for (int i = 0; Stopwatch.GetElapsedTime(start) < duration; i++)
                {
                    await TimedAsync(times, () => CallAsync(client, Check, Arguments((of * 1_000) + i), cancellationToken));
                }

                return times;
            },
            cancellationToken)));
        LatencyHistogram all = new();
        Array.ForEach(each, all.Add);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count} clients at once: {all.Count / duration.TotalSeconds:#,0} calls a second, {Said(all)}; {open:0} MB with all of them connected"));
        foreach (McpClient client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static async Task TimedAsync(LatencyHistogram times, Func<Task> call)
    {
        long start = Stopwatch.GetTimestamp();
        await call();
        times.Record(Stopwatch.GetElapsedTime(start));
    }

    private static async Task CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments, cancellationToken: cancellationToken);
        if (result.IsError is true)
        {
            throw new InvalidOperationException($"{tool}: {(result.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text)}");
        }
    }

    private static async Task PostAsync(LoadRig rig, string path, string json, CancellationToken cancellationToken)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await rig.Host.Client.PostAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static Dictionary<string, object?> Arguments(int number) => new()
    {
        ["transaction_id"] = $"mcp-{number}-{Environment.TickCount64}",
        ["amount"] = 10 + (Math.Abs(number) % 990),
        ["type"] = "card",
        ["account"] = $"account-{Math.Abs(number) % 500}",
    };

    private static async Task<McpClient> ConnectAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        HttpClientTransportOptions options = new() { Endpoint = new Uri($"http://127.0.0.1:{rig.Port}/mcp"), TransportMode = HttpTransportMode.StreamableHttp };
        return await McpClient.CreateAsync(new HttpClientTransport(options), cancellationToken: cancellationToken);
    }

    private static string Said(LatencyHistogram times) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {times.Percentile(0.5).TotalMilliseconds:0.00} ms, p99 {times.Percentile(0.99).TotalMilliseconds:0.0} ms of {times.Count:N0}");
}
