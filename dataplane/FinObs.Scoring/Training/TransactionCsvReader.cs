using System.IO.Compression;
using Sylvan.Data.Csv;

namespace FinObs.Scoring.Training;

/// <summary>Streams a file of transactions, <c>.csv</c> or <c>.csv.gz</c>: header required, columns in any order, unknown columns ignored. A bad line is reported, not fatal.</summary>
/// <remarks>
/// Columns: <c>transaction_id</c>, <c>timestamp</c> (ISO 8601; no offset = UTC) and <c>amount</c> are required; <c>account_id</c>, <c>counterparty_id</c>, <c>currency</c>,
/// <c>type</c>, <c>label</c> (1, 0, empty) may be absent. Read once, by one thread; memory does not grow with the file.
/// </remarks>
public sealed class TransactionCsvReader : IDisposable
{
    private const int LongestLine = 1 << 20;
    private readonly Stream _file;
    private readonly CsvDataReader _csv;
    private readonly TransactionCsvColumns _columns;
    private long _line = 1;

    /// <summary>Reads from a stream, which it disposes. Compression is recognised by its first bytes.</summary>
    /// <exception cref="FormatException">There is no header, or a required column is missing.</exception>
    public TransactionCsvReader(Stream file)
    {
        _file = file;
        try
        {
            var text = new StreamReader(Decompress(file));
            _csv = CsvDataReader.Create(text, new CsvDataReaderOptions { HasHeaders = true, OwnsReader = true, MaxBufferSize = LongestLine });
            _columns = TransactionCsvColumns.Of(_csv);
        }
        catch (Exception e) when (e is CsvFormatException or CsvMissingHeadersException or InvalidDataException or FormatException)
        {
            file.Dispose();
            if (e.GetType() == typeof(FormatException))
            {
                throw;
            }

            throw new FormatException("The file cannot be read as CSV with a header, plain or gzip.", e);
        }
    }

    /// <summary>Bytes of the file read so far, compressed ones where it is; for progress.</summary>
    public long BytesRead => _file.Position;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="FormatException">It has no header, or a required column is missing.</exception>
    public static TransactionCsvReader Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan));

    /// <summary>The lines in file order. A file that breaks off (bad quoting, damaged compression, an endless line) ends with a reject that says so.</summary>
    public IEnumerable<TransactionCsvItem> Read()
    {
        while (Next() is { } item)
        {
            yield return item;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv.Dispose();
        _file.Dispose();
    }

    private TransactionCsvItem? Next()
    {
        if (_line < 0)
        {
            return null;
        }

        try
        {
            if (!_csv.Read())
            {
                return null;
            }

            long line = ++_line;
            _line += LineBreaks();
            return _columns.Parse(_csv, line);
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException or InvalidDataException or EndOfStreamException)
        {
            long line = _line + 1;
            _line = -1;
            string what = e is CsvRecordTooLargeException ? $"the line is longer than {LongestLine:N0} characters" : e is CsvFormatException ? "its quotes do not match" : "its compression is damaged";
            return new TransactionCsvItem.Reject(line, $"The rest of the file cannot be read: {what}.");
        }
    }

    /// <summary>Line breaks within quoted fields.</summary>
    private int LineBreaks()
    {
        int breaks = 0;
        for (int i = 0; i < _csv.RowFieldCount; i++)
        {
            breaks += _csv.GetFieldSpan(i).Count('\n');
        }

        return breaks;
    }

    private static Stream Decompress(Stream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position -= read;
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
