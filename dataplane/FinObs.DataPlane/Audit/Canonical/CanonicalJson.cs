using System.Text.Json;

namespace FinObs.DataPlane.Audit.Canonical;

/// <summary>Brings any JSON text into the form of RFC 8785 (JCS). Duplicate names, numbers beyond a double and half surrogate pairs are refused, as I-JSON demands.</summary>
internal static class CanonicalJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <exception cref="JsonException">The text is not JSON, or has no canonical form.</exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = Parse(utf8Json);
        var writer = new CanonicalJsonWriter();
        Write(writer, document.RootElement);
        return writer.Written.ToArray();
    }

    /// <summary>Parses strictly; the caller disposes.</summary>
    /// <exception cref="JsonException">The text is not JSON, or has no canonical form.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            return JsonDocument.Parse(utf8Json, Strict);
        }
        catch (InvalidOperationException e) // a name with half a surrogate pair, met in the search for duplicates
        {
            throw new JsonException("A name holds half a surrogate pair or bytes that are not UTF-8.", e);
        }
    }

    /// <summary>True when the bytes are exactly what <see cref="Canonicalize"/> would make of them.</summary>
    public static bool IsCanonical(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            return Canonicalize(utf8Json).AsSpan().SequenceEqual(utf8Json.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes a parsed value; the name of the enclosing property, if any, has been written.</summary>
    /// <exception cref="JsonException">The value has no canonical form.</exception>
    public static void Write(CanonicalJsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.BeginObject();
                foreach (var (name, member) in value.EnumerateObject().Select(p => (Name: Text(p), p.Value)).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.Name(name);
                    Write(writer, member);
                }
                writer.EndObject();
                break;
            case JsonValueKind.Array:
                writer.BeginArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.EndArray();
                break;
            case JsonValueKind.String:
                writer.Value(Text(value));
                break;
            case JsonValueKind.Number:
                if (!value.TryGetDouble(out var number) || !double.IsFinite(number)) throw new JsonException("A number is beyond a double's range.");
                writer.Value(number);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Value(value.GetBoolean());
                break;
            default:
                writer.Null();
                break;
        }
    }

    private static string Text(JsonElement value) => Decode(value, static v => v.GetString()!);

    private static string Text(JsonProperty property) => Decode(property, static p => p.Name);

    private static string Decode<T>(T source, Func<T, string> read)
    {
        try
        {
            return read(source);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A string holds half a surrogate pair or bytes that are not UTF-8.", e);
        }
    }
}
