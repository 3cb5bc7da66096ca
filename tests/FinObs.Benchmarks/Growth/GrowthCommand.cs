using System.CommandLine;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Growth;

/// <summary><c>grow [--transactions N] [--steps N] [--folder DIR]</c>: does anything slow down while the tables grow?</summary>
internal static class GrowthCommand
{
    public static Command Create()
    {
        Option<long> transactions = new("--transactions") { Description = "How many there are in the end.", DefaultValueFactory = _ => 10_000_000 };
        Option<int> steps = new("--steps") { Description = "In how many steps.", DefaultValueFactory = _ => 10 };
        Option<int> accounts = new("--accounts") { Description = "Accounts of the simulated bank.", DefaultValueFactory = _ => new LoadSettings().Accounts };
        Option<string?> folder = new("--folder") { Description = "Where the data is kept, for a later run to go on from; a temporary folder without it." };
        Command command = new("grow", "Fill the database and measure after each step.") { DatabaseOption.Instance, transactions, steps, accounts, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await GrowAsync(kind, parsed.GetValue(transactions), parsed.GetValue(steps), parsed.GetValue(accounts), parsed.GetValue(folder), cancellationToken);
            }
        });
        return command;
    }

    private static async Task GrowAsync(
        DatabaseKind kind, long transactions, int steps, int accounts, string? folder, CancellationToken cancellationToken)
    {
        string? kept = folder is null ? null : Directory.CreateDirectory(Path.Combine(folder, $"{kind}")).FullName;
        string? cluster = kept is null ? null : Directory.CreateDirectory(Path.Combine(kept, "server")).FullName;
        await using LoadRig? rig = await LoadRig.TryStartAsync(kind, kept, kind == DatabaseKind.PostgreSql ? cluster : null);
        if (rig is null)
        {
            Console.WriteLine("PostgreSQL: not on this machine, skipped.");
            return;
        }

        Console.WriteLine($"{rig.Database.Name}: {GrowthPage.Columns}");
        GrowingDatabase growth = new(rig, accounts, transactions);
        List<GrowthStep> taken = [];
        for (int i = 1; i <= steps; i++)
        {
            if (await growth.GrowToAsync(transactions * i / steps, cancellationToken) is not { } step)
            {
                continue;
            }

            taken.Add(step);
            Console.WriteLine(string.Join(" | ", step.Cells));

            // After each step: a run that is broken off has not been for nothing.
            GrowthPage.Write(kind, rig.Database.Name, growth.Accounts, taken);
            if (i < steps && growth.WouldFillTheDisk(transactions / steps))
            {
                Console.WriteLine("Stopped here: the next step would leave less than a twentieth of the disk free.");
                break;
            }
        }
    }
}
