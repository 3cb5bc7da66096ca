using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>Single POSTs on keep-alive connections, each sending as soon as it was answered.</summary>
internal sealed class SingleScenario(int connections) : IScenario
{
    // What is prepared is enough for the target; a faster server gets the same texts again, with new ids.
    private const int MostItems = 300_000;
    private const int MostPerSecond = 40_000;

    public string Name => $"single{connections}";

    public async Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken)
    {
        LatencyHistogram latency = new();
        ProcessorTime used = default;
        List<double> rates = [];
        List<string> answers = [];
        (long flagged, long succeeded, bool exact, long stored) = (0, 0, true, 0);
        for (int round = 0; round < settings.Rounds; round++)
        {
            RequestLog log = new((int)(settings.Duration.TotalSeconds * MostPerSecond));
            SingleLoadOptions options = new() { Port = rig.Port, Connections = connections, Duration = settings.Duration, Source = $"{Name}-{round}" };
            using SingleLoad load = new(options, corpus.Take(Math.Min(MostItems, log.Capacity)), log);
            ProcessorTime before = rig.ProcessorTime();
            SingleLoadResult result = await load.RunAsync(cancellationToken);
            used += rig.ProcessorTime() - before;
            rates.Add(result.RequestsPerSecond);
            latency.Add(result.Latency);
            answers.Add(result.Answers);
            flagged += result.Flagged;
            succeeded += result.Succeeded;
            StoredTransactions check = await StoredTransactions.CheckAsync(rig.Database, options.Source, log);
            (exact, stored) = (exact && check.IsExact, stored + check.Stored);
        }

        return new Outcome(
            Name, rig.Database.Name, "req/s", rates, connections != 64 ? null : rig.Database.Kind == DatabaseKind.Sqlite ? 12_000 : 15_000,
            $"latency: median {Text(latency, 0.5)}, p99 {Text(latency, 0.99)}, longest {latency.Max.TotalMilliseconds:0.0} ms", used.Shares,
            $"{settings.Rounds} rounds of {settings.Duration.TotalSeconds:0} s, {(double)flagged / succeeded:0.0 %} flagged; answers {string.Join(" | ", answers)}; " +
            (exact ? $"{stored:N0} stored, each once" : "STORED IS NOT WHAT WAS ACKNOWLEDGED"));
    }

    private static string Text(LatencyHistogram latency, double quantile) => $"{latency.Percentile(quantile).TotalMilliseconds:0.0} ms";
}
