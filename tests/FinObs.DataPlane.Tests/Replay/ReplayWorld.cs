using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Monitoring;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Replay;

/// <summary>Decisions of fraud@1.0.0 and of a rule that blocks above 9,000 USD.</summary>
internal static class ReplayWorld
{
    public const decimal Limit = 9_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<MonitoringWorld> StartAsync(DatabaseKind kind, params (string Key, string Value)[] settings)
    {
        TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.Combine("model.zip"), TrainedModels.Named("fraud", "1.0.0").ToZip(), Stop);
        Directory.CreateDirectory(folder.Combine("rules"));
        await File.WriteAllTextAsync(folder.Combine("rules/rules.yaml"), $$"""
            rules:
              - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: {{Limit}}}
            """, Stop);
        return new MonitoringWorld(await SliceWorld.StartAsync(kind, null, [("Models:Artifact", folder.Combine("model.zip")), ("Rules:Path", folder.Combine("rules")), .. settings]), folder);
    }

    /// <summary>What an attacker with the owner's rights does.</summary>
    public static async Task TamperAsync(MonitoringWorld world, string table, Func<FinObsDbContext, Task> change)
    {
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        await db.Database.ExecuteSqlRawAsync(world.Slice.Database.Kind == DatabaseKind.Sqlite ? $"DROP TRIGGER IF EXISTS {table}_no_update" : $"ALTER TABLE {table} DISABLE TRIGGER USER", Stop);
        await change(db);
    }

    /// <summary>Adds to a stored score.</summary>
    public static Task MoveScoreAsync(MonitoringWorld world, DecisionRow row, double by)
    {
        object id = world.Slice.Database.Kind == DatabaseKind.Sqlite ? row.Id.ToByteArray(bigEndian: true) : row.Id;
        return TamperAsync(world, "decisions", async db => Assert.Equal(1, await db.Database.ExecuteSqlAsync($"UPDATE decisions SET score = score + {by} WHERE id = {id}", Stop)));
    }
}
