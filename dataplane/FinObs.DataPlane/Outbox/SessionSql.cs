using System.Data.Common;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox;

/// <summary>Parameters and columns of hand-written SQL inside a write session, in the form each database keeps them.</summary>
internal static class SessionSql
{
    public static DbCommand With(this DbCommand command, DatabaseKind kind, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = (kind, value) switch
        {
            (_, null) => DBNull.Value,
            (DatabaseKind.Sqlite, Guid id) => SqliteValues.ToBytes(id),
            (DatabaseKind.Sqlite, DateTimeOffset instant) => SqliteValues.ToMicroseconds(instant),
            (_, DateTimeOffset instant) => instant.UtcDateTime,
            _ => value,
        };
        command.Parameters.Add(parameter);
        return command;
    }

    public static Guid GetId(this DbDataReader row, DatabaseKind kind, int column) =>
        kind == DatabaseKind.Sqlite ? new Guid(row.GetFieldValue<byte[]>(column), bigEndian: true) : row.GetGuid(column);

    public static Guid? GetIdOrNull(this DbDataReader row, DatabaseKind kind, int column) => row.IsDBNull(column) ? null : row.GetId(kind, column);

    public static DateTimeOffset GetInstant(this DbDataReader row, DatabaseKind kind, int column) =>
        kind == DatabaseKind.Sqlite ? SqliteValues.FromMicroseconds(row.GetInt64(column)) : row.GetFieldValue<DateTimeOffset>(column);

    public static string? GetTextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? GetBytesOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
