using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FinObs.DataPlane.Storage;

/// <summary>One prepared statement a table, kept for the life of the writer connection: faster than multi-row statements.</summary>
internal sealed class SqliteStatementCache(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteRowWriter> _writers = [];

    public SqliteRowWriter For(IBulkRows rows)
    {
        string name = rows.Update?.Sqlite ?? rows.Table;
        if (!_writers.TryGetValue(name, out SqliteRowWriter? writer))
        {
            _writers[name] = writer = new SqliteRowWriter(connection.Handle!, rows);
        }

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

/// <summary>
/// Binds and steps SQLite's own statement. The ADO.NET command would look every parameter up by its name and box every value, for each row again, which takes as long as
/// the insert itself.
/// </summary>
internal sealed class SqliteRowWriter : IRowWriter, IDisposable
{
    private const int LongestNumber = 32;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int _columns;
    private int _next;

    public SqliteRowWriter(sqlite3 database, IBulkRows rows)
    {
        _database = database;
        _columns = rows.Columns.Length;
        string values = string.Join(", ", rows.Columns.Select((_, i) => $"?{i + 1}"));
        string sql = rows.Update?.Sqlite ?? $"INSERT INTO {rows.Table} ({string.Join(", ", rows.Columns)}) VALUES ({values})";
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), database);
    }

    public void Start() => _next = 0;

    /// <returns>1, or 0 where an update found no row that was as expected.</returns>
    /// <exception cref="SqliteException">As from a command: with the error code and its extended form.</exception>
    public int Step()
    {
        if (_next != _columns)
        {
            throw new InvalidOperationException($"{_next} values were written for {_columns} columns.");
        }

        int code = raw.sqlite3_step(_statement);
        try
        {
            if (code != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Write(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        raw.sqlite3_bind_blob(_statement, ++_next, bytes);
    }

    public void Write(Guid? value)
    {
        if (value is { } id)
        {
            Write(id);
        }
        else
        {
            WriteNull();
        }
    }

    public void Write(long value) => raw.sqlite3_bind_int64(_statement, ++_next, value);

    public void Write(long? value)
    {
        if (value is { } number)
        {
            Write(number);
        }
        else
        {
            WriteNull();
        }
    }

    public void Write(int value) => Write((long)value);

    public void Write(double value) => raw.sqlite3_bind_double(_statement, ++_next, value);

    public void Write(double? value)
    {
        if (value is { } number)
        {
            Write(number);
        }
        else
        {
            WriteNull();
        }
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNull();
        }
        else
        {
            raw.sqlite3_bind_text(_statement, ++_next, value);
        }
    }

    public void Write(byte[]? value)
    {
        if (value is null)
        {
            WriteNull();
        }
        else
        {
            raw.sqlite3_bind_blob(_statement, ++_next, value);
        }
    }

    public void Write(DateTimeOffset value) => Write(SqliteValues.ToMicroseconds(value));

    public void Write(decimal value)
    {
        Span<byte> text = stackalloc byte[LongestNumber * 2];
        value.TryFormat(text, out int length, "0.0#########", CultureInfo.InvariantCulture);
        raw.sqlite3_bind_text(_statement, ++_next, text[..length]);
    }

    public void Write(bool value) => Write(value ? 1L : 0L);

    public void Write(bool? value)
    {
        if (value is { } flag)
        {
            Write(flag);
        }
        else
        {
            WriteNull();
        }
    }

    public void Dispose() => _statement.Dispose();

    private void WriteNull() => raw.sqlite3_bind_null(_statement, ++_next);
}
