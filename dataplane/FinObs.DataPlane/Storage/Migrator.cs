using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Storage;

/// <summary>The database as its owner sees it: under <c>ConnectionStrings:FinObsOwner</c>, or the runtime's own connection where none is set.</summary>
internal sealed record OwnerDatabase(IDatabase Database, string? RuntimeRole);

/// <summary>Brings the schema up to date, then runs what the slices need beside their tables.</summary>
internal sealed partial class Migrator(OwnerDatabase owner, IEnumerable<ISchemaExtra> extras, ILogger<Migrator> logger)
{
    /// <summary>Any number of replicas may start together: one at a time passes.</summary>
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(20260001)";

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext context = owner.Database.CreateContext();
        string[] pending = [.. await context.Database.GetPendingMigrationsAsync(cancellationToken)];
        if (pending.Length > 0)
        {
            // EF takes a lock of its own here, so replicas that start together do not migrate twice.
            await context.Database.MigrateAsync(cancellationToken);
            Migrated(logger, owner.Database.Kind, string.Join(", ", pending));
        }

        await RunExtrasAsync(cancellationToken);
    }

    /// <summary>Triggers, partitions of the coming months, grants: all idempotent, so a dropped one comes back.</summary>
    public async Task RunExtrasAsync(CancellationToken cancellationToken)
    {
        await using IWriteSession session = await owner.Database.BeginWriteAsync(cancellationToken);
        string[] first = session.Kind == DatabaseKind.PostgreSql ? [OneAtATime] : [];
        string[] last = session.Kind == DatabaseKind.PostgreSql && owner.RuntimeRole is { } role ? RuntimeGrants.For(role) : [];
        foreach (string statement in (string[])[.. first, .. extras.SelectMany(extra => extra.Statements(session.Kind)), .. last])
        {
            await using DbCommand command = session.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Kind} migrated: {Migrations}")]
    private static partial void Migrated(ILogger logger, DatabaseKind kind, string migrations);
}
