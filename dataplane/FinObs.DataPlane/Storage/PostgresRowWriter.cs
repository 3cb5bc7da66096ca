using Npgsql;
using NpgsqlTypes;

namespace FinObs.DataPlane.Storage;

/// <summary>Values into a binary COPY. The synchronous calls only fill Npgsql's buffer; it goes to the socket when full.</summary>
internal sealed class PostgresRowWriter(NpgsqlBinaryImporter importer) : IRowWriter
{
    public void Write(Guid value) => importer.Write(value, NpgsqlDbType.Uuid);

    public void Write(Guid? value)
    {
        if (value is { } id)
        {
            importer.Write(id, NpgsqlDbType.Uuid);
        }
        else
        {
            importer.WriteNull();
        }
    }

    public void Write(long value) => importer.Write(value, NpgsqlDbType.Bigint);

    public void Write(long? value)
    {
        if (value is { } number)
        {
            importer.Write(number, NpgsqlDbType.Bigint);
        }
        else
        {
            importer.WriteNull();
        }
    }

    public void Write(int value) => importer.Write(value, NpgsqlDbType.Integer);

    public void Write(double value) => importer.Write(value, NpgsqlDbType.Double);

    public void Write(double? value)
    {
        if (value is { } number)
        {
            importer.Write(number, NpgsqlDbType.Double);
        }
        else
        {
            importer.WriteNull();
        }
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            importer.WriteNull();
        }
        else
        {
            importer.Write(value, NpgsqlDbType.Text);
        }
    }

    public void Write(byte[]? value)
    {
        if (value is null)
        {
            importer.WriteNull();
        }
        else
        {
            importer.Write(value, NpgsqlDbType.Bytea);
        }
    }

    public void Write(DateTimeOffset value) => importer.Write(value.UtcDateTime, NpgsqlDbType.TimestampTz);

    public void Write(decimal value) => importer.Write(value, NpgsqlDbType.Numeric);

    public void Write(bool value) => importer.Write(value, NpgsqlDbType.Boolean);

    public void Write(bool? value)
    {
        if (value is { } flag)
        {
            importer.Write(flag, NpgsqlDbType.Boolean);
        }
        else
        {
            importer.WriteNull();
        }
    }
}
