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
            List<FaultOutcome> outcomes = [];
            foreach (IFault fault in Faults().Where(fault => fault.Name.Contains(parsed.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase)))
            {
                foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
                {
                    if (await new FaultRun(fault, kind, parsed.GetValue(accounts)).RunAsync(cancellationToken) is { } outcome)
                    {
                        Console.WriteLine(outcome);
                        outcomes.Add(outcome);
                    }
                }
            }

            FaultPage.Write(outcomes);
            return outcomes.Any(outcome => outcome.Broken.Count > 0) ? 1 : 0;
        });
        return command;
    }

    private static IFault[] Faults() => [new KilledDataPlane(), new RestartedDatabase(), new FullDisk(), new SlowDisk(), new CrowdOfConnections(), new DeafClient()];
}
