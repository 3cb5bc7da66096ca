namespace FinObs.DataPlane.Storage;

/// <summary>A table as the hot path writes it: column names, and how a row becomes values in that order.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">Its columns, in the order in which <paramref name="Write"/> gives their values.</param>
/// <param name="Write">Gives one row's values; for one column always by the same overload.</param>
/// <param name="Update">Where rows that stand there already are to be changed; null where rows are added.</param>
internal sealed record BulkTable<T>(string Name, string[] Columns, Action<IRowWriter, T> Write, BulkUpdate? Update = null)
{
    /// <summary>These rows for this table, to be written together with others.</summary>
    public IBulkRows Rows(IReadOnlyList<T> rows) => new BulkRows<T>(this, rows);
}

/// <summary>A statement that changes rows, in the form of each database. It leaves a row alone that is not as expected, and the count tells.</summary>
/// <param name="PostgreSql">For all rows: one array a column, $1, $2, …</param>
/// <param name="Sqlite">For one row: one value a column, ?1, ?2, …</param>
internal sealed record BulkUpdate(string PostgreSql, string Sqlite);

/// <summary>Rows of one table, whatever their type.</summary>
internal interface IBulkRows
{
    string Table { get; }

    string[] Columns { get; }

    BulkUpdate? Update { get; }

    int Count { get; }

    void Write(IRowWriter writer, int index);
}

internal sealed class BulkRows<T>(BulkTable<T> table, IReadOnlyList<T> rows) : IBulkRows
{
    public string Table => table.Name;

    public string[] Columns => table.Columns;

    public BulkUpdate? Update => table.Update;

    public int Count => rows.Count;

    public void Write(IRowWriter writer, int index) => table.Write(writer, rows[index]);
}

/// <summary>Takes one row's values, left to right. Typed, so that nothing is boxed on the way to the database.</summary>
internal interface IRowWriter
{
    void Write(Guid value);

    void Write(Guid? value);

    void Write(long value);

    void Write(long? value);

    void Write(int value);

    void Write(double value);

    void Write(double? value);

    void Write(string? value);

    void Write(byte[]? value);

    void Write(DateTimeOffset value);

    void Write(decimal value);

    void Write(bool value);

    void Write(bool? value);
}
