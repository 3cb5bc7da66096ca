using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FinObs.DataPlane.Storage;

/// <summary>A context inside of a write session, for what is written row by row: what it saves is part of the session's commit.</summary>
internal static class SessionContext
{
    /// <summary>To be disposed before the session's commit, or after; it never closes the session's connection.</summary>
    public static async Task<FinObsDbContext> OpenContextAsync(this IWriteSession session, CancellationToken cancellationToken)
    {
        FinObsDbContext db = Create(session.Connection);
        await db.Database.UseTransactionAsync(session.Transaction, cancellationToken);
        return db;
    }

    private static FinObsDbContext Create(DbConnection connection) => connection switch
    {
        NpgsqlConnection postgres => new PostgresFinObsDbContext(
            new DbContextOptionsBuilder<PostgresFinObsDbContext>().UseNpgsql(postgres).UseSnakeCaseNamingConvention().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options),
        SqliteConnection sqlite => new SqliteFinObsDbContext(
            new DbContextOptionsBuilder<SqliteFinObsDbContext>().UseSqlite(sqlite).UseSnakeCaseNamingConvention().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options),
        _ => throw new InvalidOperationException($"A session on {connection.GetType().Name} has no context."),
    };
}
