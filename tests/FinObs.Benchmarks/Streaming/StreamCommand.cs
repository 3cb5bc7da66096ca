using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Streaming;

/// <summary><c>stream [--database …] [--readers N] [--rate N] [--seconds N]</c>: how late many readers of one replica get a decision, and what a reader costs.</summary>
internal static class StreamCommand
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        Option<int> readers = new("--readers") { Description = "Readers of the stream.", DefaultValueFactory = _ => 1_000 };
        Option<int> rate = new("--rate") { Description = "Transactions a second.", DefaultValueFactory = _ => 20 };
        Option<int> seconds = new("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 10 };
        Command command = new("stream", "Many readers of the stream of decisions.") { DatabaseOption.Instance, readers, rate, seconds };
        command.SetAction(async (parsed, _) =>
        {
            Console.WriteLine($"{Machine.Description}\nOne replica; readers, data plane and database share the machine.");
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
                if (rig is null)
                {
                    Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                    continue;
                }

                string found = await MeasureAsync(rig, parsed.GetValue(readers), parsed.GetValue(rate), parsed.GetValue(seconds));
                Console.WriteLine(found);
                Pages.Write(Pages.Of("stream", kind), $"""
                    ## The stream, {rig.Database.Name}

                    Readers of one replica, each on a connection of its own, in one process on the same machine.

                    {found}

                    {Machine.Description}
                    """);
            }
        });
        return command;
    }

    private static async Task<string> MeasureAsync(LoadRig rig, int count, int rate, int seconds)
    {
        ConcurrentDictionary<string, long> sentAt = new(StringComparer.Ordinal);
        await using (StreamReaders few = await StreamReaders.OpenAsync(rig.Port, 10, sentAt))
        {
            await SendAsync(rig, "warm", sentAt, rate: 50, seconds: 2);
            await UntilAsync(() => few.Received == 10 * sentAt.Count);
        }

        await Task.Delay(Settling);
        sentAt.Clear();
        double alone = ResidentMemory.Of(rig.Host.ProcessId);
        await using StreamReaders readers = await StreamReaders.OpenAsync(rig.Port, count, sentAt);
        await Task.Delay(Settling);
        double open = ResidentMemory.Of(rig.Host.ProcessId);
        ProcessorTime before = rig.ProcessorTime();
        await SendAsync(rig, "meas", sentAt, rate, seconds);
        long wanted = (long)count * sentAt.Count;
        await UntilAsync(() => readers.Received >= wanted);
        ProcessorTime used = rig.ProcessorTime() - before;
        double after = ResidentMemory.Of(rig.Host.ProcessId);
        LatencyHistogram delays = readers.Delays();
        return $"{rig.Database.Name}: {count:N0} readers, {rate} decisions a second: {delays.Count:N0} events of {wanted:N0}, each once; from the POST to the reader p50 {delays.Percentile(0.5).TotalMilliseconds:0} ms, "
            + $"p99 {delays.Percentile(0.99).TotalMilliseconds:0} ms, longest {delays.Max.TotalMilliseconds:0} ms; {1024 * (open - alone) / count:0} KB a reader that waits, {1024 * (after - alone) / count:0} KB after; {used.Shares}";
    }

    private static async Task SendAsync(LoadRig rig, string prefix, ConcurrentDictionary<string, long> sentAt, int rate, int seconds)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1.0 / rate));
        for (int i = 0; i < rate * seconds; i++)
        {
            await timer.WaitForNextTickAsync();
            string id = $"{prefix}{i:D8}";
            sentAt[id] = Stopwatch.GetTimestamp();
            using StringContent body = new($$"""{"transaction_id":"{{id}}","amount":{{10 + (i % 90)}},"type":"card","account":"a-{{i % 100}}"}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await rig.Host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), body);
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("The readers did not get everything within two minutes.");
            }

            await Task.Delay(10);
        }
    }
}
