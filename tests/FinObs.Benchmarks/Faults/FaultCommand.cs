using System.CommandLine;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary><c>faults [--only WORD]</c>: what breaks at 80 % of the peak, and is it whole afterwards?</summary>
internal static class FaultCommand
{
    public static Command Create()
    {
        Option<string?> only = new("--only") { Description = "Only faults with this in their name, e.g. kill, disk, slow, read." };
        Option<int> accounts = new("--accounts") { Description = "Accounts of the simulated bank.", DefaultValueFactory = _ => new LoadSettings().Accounts };
        Command command = new("faults", "Break things under load and look whether anything is lost.") { DatabaseOption.Instance, only, accounts };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            bool whole = true;
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                IReadOnlyList<FaultOutcome> outcomes = await RunAsync(kind, parsed.GetValue(only) ?? "", parsed.GetValue(accounts), cancellationToken);
                whole &= outcomes.All(outcome => outcome.Broken.Count == 0);
                if (parsed.GetValue(only) is null)
                {
                    FaultPage.Write(kind, outcomes);
                }
            }

            return whole ? 0 : 1;
        });
        return command;
    }

    private static async Task<IReadOnlyList<FaultOutcome>> RunAsync(DatabaseKind kind, string only, int accounts, CancellationToken cancellationToken)
    {
        List<FaultOutcome> outcomes = [];
        foreach (IFault fault in Faults().Where(fault => fault.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            if (await new FaultRun(fault, kind, accounts).RunAsync(cancellationToken) is { } outcome)
            {
                Console.WriteLine(outcome);
                outcomes.Add(outcome);
            }
        }

        return outcomes;
    }

    private static IFault[] Faults() => [new KilledDataPlane(), new RestartedDatabase(), new FullDisk(), new SlowDisk(), new CrowdOfConnections(), new DeafClient()];
}
