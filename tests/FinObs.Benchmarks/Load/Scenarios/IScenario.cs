namespace FinObs.Benchmarks.Load.Scenarios;

/// <summary>One way to load a warm data plane.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>Runs its rounds. What it stores has the scenario's name as its source.</summary>
    Task<Outcome> RunAsync(LoadRig rig, TransactionCorpus corpus, LoadSettings settings, CancellationToken cancellationToken);
}
