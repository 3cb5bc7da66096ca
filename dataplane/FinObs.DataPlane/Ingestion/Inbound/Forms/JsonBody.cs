using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>What the forms of foreign senders have in common.</summary>
internal static class JsonBody
{
    private static readonly ItemError NoId = new(ItemErrorCodes.TextEmpty, "The object has no id: without one it could not be told from itself when it comes again.");

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.MaxBodyDepth };

    /// <summary>The body as JSON, or why it is none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out InboundContent? refused)
    {
        (document, refused) = (null, null);
        if (body.IsEmpty)
        {
            refused = new InboundContent.Refused(BodyProblem.Empty);
            return false;
        }

        try
        {
            document = JsonDocument.Parse(body, Options);
            return true;
        }
        catch (JsonException broken)
        {
            refused = new InboundContent.Refused(BodyProblem.Malformed((broken.LineNumber ?? 0) + 1, (broken.BytePositionInLine ?? 0) + 1));
            return false;
        }
    }

    /// <summary>The text there; null where there is none, or something else, or half a surrogate pair in it.</summary>
    public static string? Text(this JsonElement parent, string name)
    {
        if (parent.Find(name) is not { ValueKind: JsonValueKind.String } value)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The number there as it is written; null where there is none.</summary>
    public static string? Number(this JsonElement parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.Number } value ? value.GetRawText() : null;

    /// <summary>The value there; null where there is none.</summary>
    public static JsonElement? Find(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>As our own form is checked; and it must have an id, or it could not be told from itself when it comes again.</summary>
    public static TransactionItem Check(this TransactionRequest request, DateTimeOffset now, int index = 0) => request.TransactionId is null
        ? request.Reject(NoId)
        : request.Validate(new TransactionRequestContext(now, IdempotencyKey: null, index));

    /// <summary>An amount in minor units, in major ones; null where it is no whole number.</summary>
    public static string? Major(string? minor, int exponent)
    {
        if (!long.TryParse(minor, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long units))
        {
            return null;
        }

        decimal major = units;
        for (int i = 0; i < exponent; i++)
        {
            major /= 10m;
        }

        return major.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Canonical meta of the values that are there.</summary>
    public static byte[]? Meta(params (string Name, object? Value)[] values)
    {
        SortedDictionary<string, object> there = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in values)
        {
            if (value is not null)
            {
                there[name] = value;
            }
        }

        if (there.Count == 0)
        {
            return null;
        }

        Utf8JsonReader reader = new(JsonSerializer.SerializeToUtf8Bytes(there));
        reader.Read();
        return CanonicalMeta.TryRead(reader, JsonText.MaxItemDepth, out byte[]? meta) is null ? meta : null;
    }
}
