using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion.Mapping;

/// <summary>
/// Reads anybody's JSON as transactions, by a path for each field: what becomes of it meets the same rules as what is sent in our own form. Thread-safe.
/// <para>Fields: <c>transactionId</c>, <c>amount</c>, <c>currency</c>, <c>accountId</c> (or <c>account</c>), <c>counterpartyId</c> (or <c>counterparty</c>), <c>type</c>,
/// <c>direction</c>, <c>timestamp</c>, <c>meta</c> (an object) and <c>meta.name</c>.</para>
/// </summary>
internal sealed class TransactionMapping
{
    public const string TransactionId = "transactionId";
    private const string Amount = "amount";
    private const string MetaPrefix = "meta.";

    private static readonly string[] Known =
        [TransactionId, Amount, "currency", "accountId", "account", "counterpartyId", "counterparty", "type", "direction", "timestamp", "meta"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.MaxBodyDepth };

    private static readonly ItemError NotAnObject = new(ItemErrorCodes.NotAnObject, "The item is not a JSON object.");
    private static readonly ItemError NoId = new(ItemErrorCodes.TextEmpty, "There is no transactionId at its path: without one the item could not be told from itself when it comes again.");

    private readonly Dictionary<string, JsonPath> _paths;
    private readonly (string Name, JsonPath Path)[] _meta;
    private readonly string[] _identity;

    private TransactionMapping(Dictionary<string, JsonPath> paths, string[] identity)
    {
        _paths = paths;
        _meta = [.. paths.Where(pair => pair.Key.StartsWith(MetaPrefix, StringComparison.Ordinal)).Select(pair => (pair.Key[MetaPrefix.Length..], pair.Value))];
        _identity = identity;
    }

    /// <summary>Makes it of declared paths.</summary>
    /// <param name="paths">A path for each field.</param>
    /// <param name="identity">The fields that make an item the same one; several are joined to its id by <c>|</c>. None = <c>transactionId</c>.</param>
    /// <exception cref="FormatException">A field that is none, or a path that is none; the message says what to write.</exception>
    public static TransactionMapping Of(IReadOnlyDictionary<string, string> paths, IReadOnlyList<string>? identity = null)
    {
        Dictionary<string, JsonPath> parsed = [];
        foreach ((string field, string path) in paths)
        {
            if (!Known.Contains(field) && !(field.StartsWith(MetaPrefix, StringComparison.Ordinal) && field.Length > MetaPrefix.Length))
            {
                throw new FormatException($"mapping: {field} is no field of a transaction; there are {string.Join(", ", Known)} and meta.NAME.");
            }

            parsed[field] = JsonPath.Parse(path);
        }

        string[] keys = [.. identity ?? [TransactionId]];
        return Array.Find(keys, key => !parsed.ContainsKey(key)) is { } missing
            ? throw new FormatException($"dedupe.keys: {missing} has no path in mapping: add it there.")
            : new TransactionMapping(parsed, keys);
    }

    /// <summary>One item, whatever it is: what cannot be read is an invalid item with its reason.</summary>
    public TransactionItem Read(ReadOnlyMemory<byte> item, DateTimeOffset now) => Read(item, now, watermark: null, out _);

    /// <summary>The same, and the text at a further path beside.</summary>
    public TransactionItem Read(ReadOnlyMemory<byte> item, DateTimeOffset now, JsonPath? watermark, out string? newest)
    {
        newest = null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(item, Options);
        }
        catch (JsonException)
        {
            return new TransactionItem.Invalid(null, new ItemError(ItemErrorCodes.MalformedJson, "The item is not valid JSON."));
        }

        using (document)
        {
            try
            {
                newest = watermark is not null && watermark.TryFind(document.RootElement, out JsonElement mark) ? TextOf(mark) : null;
                return Map(document.RootElement, now);
            }
            catch (InvalidOperationException)
            {
                return new TransactionItem.Invalid(null, new ItemError(ItemErrorCodes.TextInvalid, "A text of the item holds half a surrogate pair, or is not UTF-8."));
            }
        }
    }

    private TransactionItem Map(JsonElement root, DateTimeOffset now)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new TransactionItem.Invalid(null, NotAnObject);
        }

        ItemError? error = null;
        string? Find(string field, string? alias = null)
        {
            if (!(_paths.TryGetValue(field, out JsonPath? path) || (alias is not null && _paths.TryGetValue(alias, out path))) || !path.TryFind(root, out JsonElement value))
            {
                return null;
            }

            string? text = TextOf(value);
            error ??= text is null ? new ItemError(ItemErrorCodes.WrongType, $"{field} ({path}) is neither text nor a number.") : null;
            return text;
        }

        string?[] identity = [.. _identity.Select(key => Find(key))];
        string? amount = Find(Amount), direction = Find("direction");
        if (amount is ['-', ..] && direction is null)
        {
            // As in files: the sign is the direction, and what is below zero comes in.
            (amount, direction) = (amount[1..], "credit");
        }

        TransactionRequest request = new()
        {
            TransactionId = Array.TrueForAll(identity, text => text is not null) ? string.Join('|', identity) : null,
            Account = Find("accountId", "account"),
            Counterparty = Find("counterpartyId", "counterparty"),
            Type = Find("type"),
            Amount = amount,
            Currency = Find("currency"),
            Direction = direction,
            Timestamp = Find("timestamp"),
        };
        error ??= request.TransactionId is null ? NoId : null;
        ItemError? ofMeta = TryReadMeta(root, out byte[]? meta);
        error ??= ofMeta;
        return error is null ? (request with { Meta = meta }).Validate(new TransactionRequestContext(now, IdempotencyKey: null, Index: 0)) : request.Reject(error);
    }

    /// <summary>The object at <c>meta</c> with the named values on top, in canonical form.</summary>
    private ItemError? TryReadMeta(JsonElement root, out byte[]? meta)
    {
        meta = null;
        SortedDictionary<string, JsonElement> values = new(StringComparer.Ordinal);
        if (_paths.TryGetValue("meta", out JsonPath? whole) && whole.TryFind(root, out JsonElement found))
        {
            if (found.ValueKind != JsonValueKind.Object)
            {
                return new ItemError(ItemErrorCodes.WrongType, $"meta ({whole}) is no object.");
            }

            foreach (JsonProperty property in found.EnumerateObject())
            {
                values[property.Name] = property.Value;
            }
        }

        foreach ((string name, JsonPath path) in _meta)
        {
            if (path.TryFind(root, out JsonElement value))
            {
                values[name] = value;
            }
        }

        if (values.Count == 0)
        {
            return null;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(values);
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = JsonText.MaxBodyDepth });
        reader.Read();
        return CanonicalMeta.TryRead(reader, JsonText.MaxItemDepth, out meta);
    }

    /// <summary>Text as it is, a number as it is written, true and false by name; null for what has parts.</summary>
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)),
        _ => null,
    };
}
