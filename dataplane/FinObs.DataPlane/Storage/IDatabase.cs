using System.Data.Common;

namespace FinObs.DataPlane.Storage;

/// <summary>The one database of this host: SQLite on a laptop, PostgreSQL for real.</summary>
internal interface IDatabase
{
    DatabaseKind Kind { get; }

    /// <summary>A context for reads and small writes; it tracks nothing unless asked to.</summary>
    FinObsDbContext CreateContext();

    /// <summary>Opens ONE transaction for bulk writes. On SQLite this waits for the single writer.</summary>
    Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken);
}

/// <summary>One open transaction. Disposed without <see cref="CommitAsync"/>, nothing of it has happened.</summary>
internal interface IWriteSession : IAsyncDisposable
{
    DatabaseKind Kind { get; }

    DbConnection Connection { get; }

    DbTransaction Transaction { get; }

    /// <summary>COPY on PostgreSQL, one prepared statement a table on SQLite.</summary>
    Task InsertAsync<T>(BulkTable<T> table, IReadOnlyList<T> rows, CancellationToken cancellationToken);

    Task CommitAsync(CancellationToken cancellationToken);
}

internal static class WriteSessionCommands
{
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
