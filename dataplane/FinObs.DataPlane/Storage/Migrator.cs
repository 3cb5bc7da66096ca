using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Storage;

/// <summary>Brings the schema up to date, then runs what the slices need beside their tables.</summary>
internal sealed class Migrator(IDatabase database, IEnumerable<ISchemaExtra> extras, ILogger<Migrator> logger)
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext context = database.CreateContext();
        string[] pending = [.. await context.Database.GetPendingMigrationsAsync(cancellationToken)];
        if (pending.Length > 0)
        {
            // EF takes a lock of its own here, so replicas that start together do not migrate twice.
            await context.Database.MigrateAsync(cancellationToken);
            logger.LogInformation("Database {Kind} migrated: {Migrations}", database.Kind, string.Join(", ", pending));
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (session.Kind == DatabaseKind.PostgreSql)
        {
            await using DbCommand turn = session.CreateCommand("SELECT pg_advisory_xact_lock(20260001)");
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (string statement in extras.SelectMany(extra => extra.Statements(session.Kind)))
        {
            await using DbCommand command = session.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }
}
