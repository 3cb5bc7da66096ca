using System.Data.Common;

namespace FinObs.DataPlane.Storage;

/// <summary>The one database of this host: SQLite on a laptop, PostgreSQL for real.</summary>
internal interface IDatabase
{
    DatabaseKind Kind { get; }

    /// <summary>A context for reads and small writes; it tracks nothing unless asked to.</summary>
    FinObsDbContext CreateContext();

    /// <summary>The same for look-ups by key on the hot path; on PostgreSQL from the pool whose plans go by the indexes.</summary>
    FinObsDbContext CreateHotContext();

    /// <summary>A connection for the look-ups of the hot path, open; on PostgreSQL from the pool whose plans go by the indexes.</summary>
    Task<DbConnection> OpenHotAsync(CancellationToken cancellationToken);

    /// <summary>Opens ONE transaction for bulk writes. On SQLite this waits for the single writer.</summary>
    Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken);
}

/// <summary>One open transaction. Disposed without <see cref="CommitAsync"/>, nothing of it has happened.</summary>
internal interface IWriteSession : IAsyncDisposable
{
    DatabaseKind Kind { get; }

    DbConnection Connection { get; }

    DbTransaction Transaction { get; }

    /// <summary>
    /// Writes rows of several tables, in this order. On PostgreSQL few rows go as one exchange with the server and many by COPY; on SQLite
    /// each row is one step of a prepared statement.
    /// </summary>
    /// <returns>For each table how many rows were inserted or changed: with <see cref="IBulkRows.Update"/> it may be fewer than were given.</returns>
    Task<int[]> InsertAsync(IReadOnlyList<IBulkRows> tables, CancellationToken cancellationToken);

    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>To be done once it is committed, and only then. Must not fail.</summary>
    void AfterCommit(Action act);
}

internal static class WriteSessionCommands
{
    /// <summary>Rows of one table.</summary>
    public static Task InsertAsync<T>(this IWriteSession session, BulkTable<T> table, IReadOnlyList<T> rows, CancellationToken cancellationToken) =>
        rows.Count == 0 ? Task.CompletedTask : session.InsertAsync([table.Rows(rows)], cancellationToken);

    /// <summary>A command inside the session's transaction.</summary>
    public static DbCommand CreateCommand(this IWriteSession session, string sql)
    {
        DbCommand command = session.Connection.CreateCommand();
        command.Transaction = session.Transaction;
        command.CommandText = sql;
        return command;
    }
}

/// <summary>SQL that a slice needs beside its tables (triggers, partitions, grants): idempotent, run after every migration.</summary>
internal interface ISchemaExtra
{
    IEnumerable<string> Statements(DatabaseKind kind);
}
