namespace FinObs.DataPlane.Storage;

/// <summary>A table as the hot path writes it: column names, and how a row becomes values in that order.</summary>
internal sealed record BulkTable<T>(string Name, string[] Columns, Action<IRowWriter, T> Write);

/// <summary>Takes one row's values, left to right. Typed, so that nothing is boxed on the way to COPY.</summary>
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

    void Write(ReadOnlyMemory<byte> value);

    void Write(DateTimeOffset value);

    void Write(decimal value);

    void Write(bool value);

    void Write(bool? value);
}
