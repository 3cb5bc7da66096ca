using Npgsql;
using NpgsqlTypes;

namespace FinObs.DataPlane.Storage;

/// <summary>Rows turned into columns: one array a column, as <c>unnest</c> takes them.</summary>
internal sealed class PostgresArrayWriter(int columns, int rows) : IRowWriter
{
    private readonly NpgsqlParameter?[] _parameters = new NpgsqlParameter?[columns];
    private readonly Array?[] _arrays = new Array?[columns];
    private int _row;
    private int _column;

    /// <summary>The next values are this row's.</summary>
    public void Start(int row)
    {
        _row = row;
        _column = 0;
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        foreach (NpgsqlParameter? parameter in _parameters)
        {
            parameters.Add(parameter ?? throw new InvalidOperationException("A column was given no value."));
        }
    }

    public void Write(Guid value) => Column<Guid>(NpgsqlDbType.Uuid)[_row] = value;

    public void Write(Guid? value) => Column<Guid?>(NpgsqlDbType.Uuid)[_row] = value;

    public void Write(long value) => Column<long>(NpgsqlDbType.Bigint)[_row] = value;

    public void Write(long? value) => Column<long?>(NpgsqlDbType.Bigint)[_row] = value;

    public void Write(int value) => Column<int>(NpgsqlDbType.Integer)[_row] = value;

    public void Write(double value) => Column<double>(NpgsqlDbType.Double)[_row] = value;

    public void Write(double? value) => Column<double?>(NpgsqlDbType.Double)[_row] = value;

    public void Write(string? value) => Column<string?>(NpgsqlDbType.Text)[_row] = value;

    public void Write(byte[]? value) => Column<byte[]?>(NpgsqlDbType.Bytea)[_row] = value;

    public void Write(DateTimeOffset value) => Column<DateTime>(NpgsqlDbType.TimestampTz)[_row] = value.UtcDateTime;

    public void Write(decimal value) => Column<decimal>(NpgsqlDbType.Numeric)[_row] = value;

    public void Write(bool value) => Column<bool>(NpgsqlDbType.Boolean)[_row] = value;

    public void Write(bool? value) => Column<bool?>(NpgsqlDbType.Boolean)[_row] = value;

    private TValue[] Column<TValue>(NpgsqlDbType type)
    {
        int column = _column++;
        if (_arrays[column] is { } array)
        {
            return (TValue[])array;
        }

        TValue[] made = new TValue[rows];
        _arrays[column] = made;
        _parameters[column] = new NpgsqlParameter<TValue[]> { TypedValue = made, NpgsqlDbType = NpgsqlDbType.Array | type };
        return made;
    }
}
