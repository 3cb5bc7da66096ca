using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Sylvan.Data.Csv;

namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>Reads items that stand a line each, holding one at a time.</summary>
internal static class LineItems
{
    /// <summary>One JSON object a line; empty lines are passed over. A broken line is an item, bad in its place.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> OfNdJsonAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        bool isFirst = true;
        for (bool isEnd = false; !isEnd;)
        {
            ReadResult read = await pipe.ReadAsync(cancellationToken);
            isEnd = read.IsCompleted;
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (TryTake(ref buffer, isEnd, out ReadOnlySequence<byte> line))
            {
                ReadOnlyMemory<byte> item = Trimmed(line, isFirst);
                isFirst = false;
                if (item.Length > 0)
                {
                    yield return item;
                }
            }

            if (buffer.Length > JsonItems.LargestItem)
            {
                throw PullFailedException.Unreadable("The answer has a line of more than 1 MB.");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>CSV (RFC 4180) with a header, each row as an object of its columns: <c>$.column</c>.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> OfCsvAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader text = new(input, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        await using CsvDataReader rows = await OpenAsync(text, cancellationToken);
        string[] names = [.. Enumerable.Range(0, rows.FieldCount).Select(rows.GetName)];
        ArrayBufferWriter<byte> item = new(1024);
        await using Utf8JsonWriter json = new(item);
        while (await NextAsync(rows, cancellationToken))
        {
            item.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            for (int i = 0; i < names.Length && i < rows.RowFieldCount; i++)
            {
                // An empty field says nothing: it is left out, as a field that is not there.
                if (rows.GetString(i) is { Length: > 0 } value)
                {
                    json.WriteString(names[i], value);
                }
            }

            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
            yield return item.WrittenMemory;
        }
    }

    private static async Task<CsvDataReader> OpenAsync(TextReader text, CancellationToken cancellationToken)
    {
        try
        {
            return await CsvDataReader.CreateAsync(text, new CsvDataReaderOptions { HasHeaders = true, MaxBufferSize = JsonItems.LargestItem }, cancellationToken);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw NotCsv();
        }
    }

    private static async Task<bool> NextAsync(CsvDataReader rows, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw NotCsv();
        }
    }

    private static bool IsUnreadable(Exception exception) => exception is FormatException or DecoderFallbackException or InvalidDataException;

    private static PullFailedException NotCsv() =>
        PullFailedException.Unreadable("The answer is no CSV with a header in UTF-8, or ends in the middle. What was read before is taken in; the page is asked for again.");

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        bool hasRest = isEnd && !buffer.IsEmpty;
        buffer = hasRest ? buffer.Slice(buffer.End) : buffer;
        return hasRest;
    }

    private static ReadOnlyMemory<byte> Trimmed(in ReadOnlySequence<byte> line, bool mayHaveMark)
    {
        ReadOnlyMemory<byte> whole = line.IsSingleSegment ? line.First : line.ToArray();
        if (mayHaveMark && whole.Span.StartsWith("\uFEFF"u8))
        {
            whole = whole[3..];
        }

        return whole.TrimEnd(" \t\r"u8).TrimStart(" \t"u8);
    }
}
