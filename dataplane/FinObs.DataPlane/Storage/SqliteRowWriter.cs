using Microsoft.Data.Sqlite;

namespace FinObs.DataPlane.Storage;

/// <summary>One prepared INSERT a table, kept for the life of the writer connection: faster than multi-row statements.</summary>
internal sealed class SqliteStatementCache(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteRowWriter> _writers = [];

    public SqliteRowWriter For(string table, string[] columns, SqliteTransaction transaction)
    {
        if (!_writers.TryGetValue(table, out SqliteRowWriter? writer))
        {
            _writers[table] = writer = new SqliteRowWriter(connection, table, columns);
        }

        writer.Transaction = transaction;
        return writer;
    }

    public void Dispose()
    {
        foreach (SqliteRowWriter writer in _writers.Values)
        {
            writer.Dispose();
        }
    }
}

internal sealed class SqliteRowWriter : IRowWriter, IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _parameters;
    private int _next;

    public SqliteRowWriter(SqliteConnection connection, string table, string[] columns)
    {
        _command = connection.CreateCommand();
        _command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        _parameters = [.. columns.Select((_, i) => _command.Parameters.Add(new SqliteParameter($"$p{i}", DBNull.Value)))];
    }

    public SqliteTransaction Transaction
    {
        set => _command.Transaction = value;
    }

    public void Start() => _next = 0;

    public void Insert()
    {
        if (_next != _parameters.Length)
        {
            throw new InvalidOperationException($"{_next} values were written for {_parameters.Length} columns.");
        }

        _command.ExecuteNonQuery();
    }

    public void Write(Guid value) => Set(SqliteType.Blob, SqliteValues.ToBytes(value));

    public void Write(Guid? value) => Set(SqliteType.Blob, value is { } id ? SqliteValues.ToBytes(id) : null);

    public void Write(long value) => Set(SqliteType.Integer, value);

    public void Write(long? value) => Set(SqliteType.Integer, value);

    public void Write(int value) => Set(SqliteType.Integer, value);

    public void Write(double value) => Set(SqliteType.Real, value);

    public void Write(double? value) => Set(SqliteType.Real, value);

    public void Write(string? value) => Set(SqliteType.Text, value);

    public void Write(byte[]? value) => Set(SqliteType.Blob, value);

    public void Write(ReadOnlyMemory<byte> value) => Set(SqliteType.Blob, value.ToArray());

    public void Write(DateTimeOffset value) => Set(SqliteType.Integer, SqliteValues.ToMicroseconds(value));

    public void Write(decimal value) => Set(SqliteType.Text, value.ToString("0.0#########", System.Globalization.CultureInfo.InvariantCulture));

    public void Write(bool value) => Set(SqliteType.Integer, value ? 1L : 0L);

    public void Write(bool? value) => Set(SqliteType.Integer, value is { } flag ? (flag ? 1L : 0L) : null);

    public void Dispose() => _command.Dispose();

    private void Set(SqliteType type, object? value)
    {
        SqliteParameter parameter = _parameters[_next++];
        parameter.SqliteType = type;
        parameter.Value = value ?? DBNull.Value;
    }
}
