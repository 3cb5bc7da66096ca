namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>Lists and single transactions read while nothing is written.</summary>
internal sealed class ReadScenario : IScenario
{
    private const int KindsOfReads = 3;

    public string Name => "read";

    public Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken)
    {
        List<double> rates = [];
        ReadLatencies? last = null;
        ProcessorTime before = rig.ProcessorTime();
        for (int round = 0; round < settings.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = ReadLatencies.Measure(rig.Port, LoadRig.WarmupSource, LoadRig.WarmupStored, settings.Reads / settings.Rounds);
            rates.Add(KindsOfReads / (last.List.Mean + last.AccountList.Mean + last.One.Mean).TotalSeconds);
        }

        return Task.FromResult(new Outcome(
            Name, rig.Database.Name, "req/s", rates, null, $"{last}", (rig.ProcessorTime() - before).Shares, "one connection, the three kinds in turn; latencies of the last round"));
    }
}
