using System.CommandLine;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Audit;

/// <summary><c>audit [--leaves N] [--steps N] [--database …]</c>: do appending and proving slow down while the tree grows?</summary>
internal static class AuditGrowthCommand
{
    public static Command Create()
    {
        Option<long> leaves = new("--leaves") { Description = "How many there are in the end.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> steps = new("--steps") { Description = "In how many steps.", DefaultValueFactory = _ => 10 };
        Command command = new("audit", "Grow the audit tree and measure appends and proofs after each step.") { DatabaseOption.Instance, leaves, steps };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await GrowAsync(kind, parsed.GetValue(leaves), parsed.GetValue(steps), cancellationToken);
            }
        });
        return command;
    }

    private static async Task GrowAsync(DatabaseKind kind, long leaves, int steps, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("finobs-audit-");
        try
        {
            await using LoadDatabase? database = await LoadDatabase.TryOpenAsync(kind, folder.FullName);
            if (database is null)
            {
                Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                return;
            }

            await using GrowingTree tree = await GrowingTree.OpenAsync(database, folder.FullName, cancellationToken);
            Console.WriteLine($"{database.Name}\n\n{TreeStep.Header}");
            List<TreeStep> taken = [];
            for (int i = 1; i <= steps; i++)
            {
                taken.Add(await tree.GrowToAsync(leaves * i / steps, cancellationToken));
                Console.WriteLine(taken[^1].Row);
            }

            Console.WriteLine(TreeStep.Ratios(taken[0], taken[^1]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
