using System.Data.Common;
using Npgsql;

namespace FinObs.DataPlane.Storage;

/// <summary>One transaction. BEGIN travels with the first statement.</summary>
internal sealed class PostgresWriteSession(NpgsqlConnection connection, NpgsqlTransaction transaction) : IWriteSession
{
    /// <summary>From here on COPY is cheaper, although each table then takes exchanges of its own: arrays are read twice by the server.</summary>
    private const int CopyFrom = 400;

    private Action? _afterCommit;

    public DatabaseKind Kind => DatabaseKind.PostgreSql;

    public DbConnection Connection => connection;

    public DbTransaction Transaction => transaction;

    public async Task<int[]> InsertAsync(IReadOnlyList<IBulkRows> tables, CancellationToken cancellationToken)
    {
        int[] written = new int[tables.Count];
        List<int> together = [];
        for (int i = 0; i < tables.Count; i++)
        {
            if (tables[i].Count >= CopyFrom && tables[i].Update is null)
            {
                await SendAsync(tables, together, written, cancellationToken);
                written[i] = await CopyAsync(tables[i], cancellationToken);
            }
            else if (tables[i].Count > 0)
            {
                together.Add(i);
            }
        }

        await SendAsync(tables, together, written, cancellationToken);
        return written;
    }

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await transaction.CommitAsync(cancellationToken);
        _afterCommit?.Invoke();
    }

    public void AfterCommit(Action act) => _afterCommit += act;

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    /// <summary>One exchange for all of them; the list is emptied.</summary>
    private async Task SendAsync(IReadOnlyList<IBulkRows> tables, List<int> which, int[] written, CancellationToken cancellationToken)
    {
        if (which.Count == 0)
        {
            return;
        }

        await using NpgsqlBatch batch = new(connection, transaction);
        foreach (int i in which)
        {
            batch.BatchCommands.Add(FromArrays(tables[i]));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        for (int k = 0; k < which.Count; k++)
        {
            written[which[k]] = batch.BatchCommands[k].RecordsAffected;
        }

        which.Clear();
    }

    /// <summary>One array a column: the statement is the same whatever the number of rows, so it is planned once.</summary>
    private static NpgsqlBatchCommand FromArrays(IBulkRows rows)
    {
        PostgresArrayWriter writer = new(rows.Columns.Length, rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            writer.Start(i);
            rows.Write(writer, i);
        }

        NpgsqlBatchCommand command = new(
            rows.Update?.PostgreSql ?? $"INSERT INTO {rows.Table} ({string.Join(", ", rows.Columns)}) SELECT * FROM unnest({Placeholders(rows.Columns.Length)})");
        writer.AddTo(command.Parameters);
        return command;
    }

    private async Task<int> CopyAsync(IBulkRows rows, CancellationToken cancellationToken)
    {
        string copy = $"COPY {rows.Table} ({string.Join(", ", rows.Columns)}) FROM STDIN (FORMAT BINARY)";
        await using NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync(copy, cancellationToken);
        PostgresRowWriter writer = new(importer);
        for (int i = 0; i < rows.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            importer.StartRow();
            rows.Write(writer, i);
        }

        return (int)await importer.CompleteAsync(cancellationToken);
    }

    private static string Placeholders(int count) => string.Join(", ", Enumerable.Range(1, count).Select(i => $"${i}"));
}
