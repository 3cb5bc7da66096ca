using System.Text.Json;
using System.Text.Unicode;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>A JSON body, read to its end before any of it is scored: a truncated array leaves nothing half stored.</summary>
internal abstract record TransactionBody
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxBodyDepth };

    private const int TypicalItemBytes = 150;

    private TransactionBody()
    {
    }

    /// <summary>Every item, good or bad, in order.</summary>
    internal sealed record Read(IReadOnlyList<TransactionItem> Items, bool IsSingle, IReadOnlyList<string> IgnoredFields) : TransactionBody;

    /// <summary>The body as a whole is no good.</summary>
    internal sealed record Refused(BodyProblem Problem) : TransactionBody;

    /// <summary>Parses a body. Whatever the bytes, this returns and does not throw.</summary>
    public static TransactionBody Parse(ReadOnlySpan<byte> body, int maxItems, bool strict, in TransactionRequestContext context)
    {
        body = SkipByteOrderMark(body);
        if (!body.ContainsAnyExcept(" \t\r\n"u8))
        {
            return new Refused(BodyProblem.Empty);
        }

        if (!Utf8.IsValid(body))
        {
            return new Refused(BodyProblem.InvalidUtf8);
        }

        var reader = new Utf8JsonReader(body, ReaderOptions);
        try
        {
            return Parse(ref reader, body.Length, maxItems, new TransactionRequestReader(strict), context);
        }
        catch (JsonException e)
        {
            return new Refused(JsonText.IsTooDeep(reader) ? BodyProblem.TooDeep : BodyProblem.Malformed((e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1));
        }
    }

    /// <summary>The bytes after a UTF-8 byte order mark.</summary>
    public static ReadOnlySpan<byte> SkipByteOrderMark(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static TransactionBody Parse(
        ref Utf8JsonReader reader, int bodyLength, int maxItems, TransactionRequestReader requests, in TransactionRequestContext context)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            TransactionItem item = requests.Read(ref reader, context with { Index = 0 });
            ReadToEnd(ref reader);
            return new Read([item], IsSingle: true, requests.IgnoredFields);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            ReadToEnd(ref reader);
            return new Refused(BodyProblem.NotObjectOrArray);
        }

        // A guess from the body's length that is never more than the limit: 10,000 references stay below the large object heap.
        var items = new List<TransactionItem>(Math.Min(maxItems, bodyLength / TypicalItemBytes));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (items.Count == maxItems)
            {
                return new Refused(BodyProblem.TooManyItems(maxItems));
            }

            items.Add(requests.Read(ref reader, context with { Index = items.Count }));
        }

        ReadToEnd(ref reader);
        return new Read(items, IsSingle: false, requests.IgnoredFields);
    }

    // Anything but blanks after the value is broken JSON and throws.
    private static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
        }
    }
}
