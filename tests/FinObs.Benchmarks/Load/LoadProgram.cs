using FinObs.Benchmarks.Load.Scenarios;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Load;

/// <summary>Starts a data plane on each database and runs scenarios against it.</summary>
internal static class LoadProgram
{
    public static readonly IReadOnlyList<IScenario> Scenarios =
        [new BatchScenario(), new SingleScenario(64), new SingleScenario(256), new StreamScenario(), new ReadScenario()];

    public static async Task<IReadOnlyList<Outcome>> RunAsync(
        IReadOnlyList<DatabaseKind> databases, IReadOnlyList<IScenario> scenarios, LoadSettings settings, CancellationToken cancellationToken)
    {
        List<Outcome> outcomes = [];
        foreach (DatabaseKind kind in databases)
        {
            await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
            if (rig is null)
            {
                Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                continue;
            }

            // Generous: what is not used of it costs nothing.
            TransactionCorpus corpus = new(settings.Accounts, 10_000_000, TimeProvider.System.GetUtcNow());
            await rig.WarmUpAsync(corpus, settings.WarmUp);
            foreach (IScenario scenario in scenarios)
            {
                Outcome outcome = await scenario.RunAsync(rig, corpus, settings, cancellationToken);
                Console.WriteLine(outcome);
                outcomes.Add(outcome);
            }
        }

        return outcomes;
    }
}
