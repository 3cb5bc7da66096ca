using System.CommandLine;
using System.Globalization;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Load.Scenarios;
using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Callbacks;

/// <summary><c>told [--database …] [--rounds N] [--batches N] [--seconds N]</c>: what it costs the taking in that somebody is told of every decision.</summary>
internal static class ToldCommand
{
    private const int InFlight = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        Option<int> rounds = new("--rounds") { Description = "Rounds of a load.", DefaultValueFactory = _ => 3 };
        Option<int> batches = new("--batches") { Description = "POSTs of 10,000 of a round.", DefaultValueFactory = _ => 5 };
        Option<int> seconds = new("--seconds") { Description = "Length of a round of single POSTs.", DefaultValueFactory = _ => 8 };
        Command command = new("told", "Take transactions in with nobody and with one target told of every decision.") { DatabaseOption.Instance, rounds, batches, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadSettings settings = new()
            {
                Rounds = parsed.GetValue(rounds),
                Batches = parsed.GetValue(batches),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Accounts = 20_000,
            };
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await MeasureAsync(kind, settings, cancellationToken);
            }
        });
        return command;
    }

    private static async Task MeasureAsync(DatabaseKind kind, LoadSettings settings, CancellationToken cancellationToken)
    {
        List<string> rows = [];
        string database = "";
        foreach (bool isTold in (bool[])[false, true])
        {
            await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
            if (rig is null)
            {
                Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                return;
            }

            database = rig.Database.Name;
            await using CountingSink sink = await CountingSink.StartAsync();
            if (isTold)
            {
                await CallbackLoad.ApplyAsync(rig, sink.Url, InFlight, suspend: false, cancellationToken);
            }

            TransactionCorpus corpus = new(settings.Accounts, 2_000_000, TimeProvider.System.GetUtcNow());
            await rig.WarmUpAsync(corpus, settings.WarmUp);
            foreach (IScenario scenario in (IScenario[])[new BatchScenario(), new SingleScenario(64)])
            {
                Outcome outcome = await scenario.RunAsync(rig, corpus, settings, cancellationToken);
                long delivered = sink.Requests;
                rows.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {outcome.Scenario} | {(isTold ? "one target, every decision" : "nobody")} | {outcome.Median:N0} {outcome.Unit} | {outcome.Rates.Min():N0} – {outcome.Rates.Max():N0} | {outcome.Latency} | {delivered:N0} | {outcome.Shares} |"));
                Console.WriteLine(rows[^1]);
            }

            if (isTold)
            {
                rows.Add($"\nAll {await DeliveredAsync(rig, sink, cancellationToken):N0} messages arrived, the last ones after the loads had ended.");
            }
        }

        Pages.Write(Pages.Of("told", kind), $"""
            ## Taking in while somebody is told, {database}

            The loads above on a fresh database each, with nobody told and with one target that is told of every decision ({InFlight} requests at once, at most 10,000 a second); the receiver is on the same machine. The outbox is part of
            every commit in both.

            | load | told | median | lowest – highest | latency | messages arrived by its end | processors |
            |---|---|---|---|---|---|---|
            {string.Join('\n', rows)}

            {Machine.Description}
            """);
    }

    private static async Task<long> DeliveredAsync(LoadRig rig, CountingSink sink, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        long stored = await rig.Database.CountAsync("transactions");
        while (sink.Requests < stored)
        {
            await Task.Delay(Pause, deadline.Token);
        }

        return sink.Requests;
    }
}
