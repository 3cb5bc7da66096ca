namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>Lists and single transactions read while nothing is written.</summary>
internal sealed class ReadScenario : IScenario
{
    private const int KindsOfReads = 3;

    public string Name => "read";

    public Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken)
    {
        List<double> rates = [];
        ReadLatencies all = new();
        ProcessorTime before = rig.ProcessorTime();
        for (int i = 0; i < settings.Rounds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadLatencies round = ReadLatencies.Measure(rig.Port, LoadRig.WarmupSource, LoadRig.WarmupStored, settings.Reads / settings.Rounds);
            rates.Add(KindsOfReads / (round.List.Mean + round.AccountList.Mean + round.One.Mean).TotalSeconds);
            all.Add(round);
        }

        return Task.FromResult(new Outcome(
            Name, rig.Database.Name, "req/s", rates, null, $"{all}", (rig.ProcessorTime() - before).Shares, $"{settings.Rounds} rounds, one connection, the three kinds in turn"));
    }
}
