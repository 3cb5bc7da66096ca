using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Reads one object a line at constant memory. A broken line is an error in its place; the next line starts afresh.</summary>
internal sealed class NdjsonReader(PipeReader input, IngestionOptions options, bool strict, string? idempotencyKey, TimeProvider time)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxBodyDepth };

    private static readonly ItemError InvalidUtf8 = new(ItemErrorCodes.InvalidUtf8, "The line is not valid UTF-8: encode it as UTF-8.");

    private readonly TransactionRequestReader _requests = new(strict);
    private readonly byte[] _line = new byte[options.MaxLineBytes];
    private bool _started;
    private bool _skipping;
    private long _count;

    public IReadOnlyList<string> IgnoredFields => _requests.IgnoredFields;

    /// <summary>Chunks of at most <see cref="IngestionOptions.NdjsonChunkItems"/> items; a smaller one as soon as the sender pauses.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TransactionItem>> ReadChunksAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var chunk = new List<TransactionItem>();
        var pending = new PendingRead(input);
        try
        {
            for (bool isCompleted = false; !isCompleted;)
            {
                if (!pending.Start(ct) && chunk.Count > 0)
                {
                    yield return chunk;
                    chunk = [];
                }

                ReadResult read = await pending.ResultAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (TakeItem(ref buffer, read.IsCompleted, chunk))
                {
                    if (chunk.Count >= options.NdjsonChunkItems)
                    {
                        yield return chunk;
                        chunk = [];
                    }
                }

                pending.Advance(buffer.Start, buffer.End);
                isCompleted = read.IsCompleted;
            }

            if (chunk.Count > 0)
            {
                yield return chunk;
            }
        }
        finally
        {
            await pending.AbandonAsync();
        }
    }

    /// <summary>Takes one line off the buffer, and its item if it has one.</summary>
    /// <returns>False where no whole line is left.</returns>
    private bool TakeItem(ref ReadOnlySequence<byte> buffer, bool isLast, List<TransactionItem> chunk)
    {
        SequencePosition? newline = buffer.PositionOf((byte)'\n');
        if (newline is null && !isLast)
        {
            DropOverlong(ref buffer, chunk);
            return false;
        }

        ReadOnlySequence<byte> line = newline is { } end ? buffer.Slice(0, end) : buffer;
        buffer = newline is { } at ? buffer.Slice(buffer.GetPosition(1, at)) : buffer.Slice(buffer.End);
        if (_skipping)
        {
            _skipping = false;
        }
        else if (line.Length > options.MaxLineBytes)
        {
            chunk.Add(LineTooLong());
        }
        else if (Parse(line) is { } item)
        {
            chunk.Add(item);
        }

        return newline is not null;
    }

    // A line that cannot end within the limit is answered once and then thrown away as it comes.
    private void DropOverlong(ref ReadOnlySequence<byte> buffer, List<TransactionItem> chunk)
    {
        if (!_skipping && buffer.Length <= options.MaxLineBytes)
        {
            return;
        }

        if (!_skipping)
        {
            chunk.Add(LineTooLong());
        }

        _skipping = true;
        buffer = buffer.Slice(buffer.End);
    }

    private TransactionItem.Invalid LineTooLong()
    {
        _started = true;
        _count++;
        return new TransactionItem.Invalid(null, new ItemError(
            ItemErrorCodes.LineTooLong, $"The line is longer than {options.MaxLineBytes / 1024} KB: send one object a line, with less in \"meta\"."));
    }

    private TransactionItem? Parse(in ReadOnlySequence<byte> sequence)
    {
        ReadOnlySpan<byte> line = sequence.FirstSpan;
        if (!sequence.IsSingleSegment)
        {
            sequence.CopyTo(_line);
            line = _line.AsSpan(0, (int)sequence.Length);
        }

        if (!_started)
        {
            _started = true;
            line = TransactionBody.SkipByteOrderMark(line);
        }

        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return null;
        }

        var context = new TransactionRequestContext(time.GetUtcNow(), idempotencyKey, _count++);
        if (!Utf8.IsValid(line))
        {
            return new TransactionItem.Invalid(null, InvalidUtf8);
        }

        var reader = new Utf8JsonReader(line, ReaderOptions);
        try
        {
            return ParseObject(ref reader, context);
        }
        catch (JsonException e)
        {
            return new TransactionItem.Invalid(null, JsonText.IsTooDeep(reader) ? JsonText.TooDeep : new ItemError(
                ItemErrorCodes.MalformedJson, $"The line's JSON is broken at byte {(e.BytePositionInLine ?? 0) + 1}: send one whole object a line."));
        }
    }

    private TransactionItem ParseObject(ref Utf8JsonReader reader, in TransactionRequestContext context)
    {
        reader.Read();
        TransactionItem item = _requests.Read(ref reader, context);
        while (reader.Read())
        {
        }

        return item;
    }
}
