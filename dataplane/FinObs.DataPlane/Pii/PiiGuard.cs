using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Pii.Recognisers;

namespace FinObs.DataPlane.Pii;

/// <summary>What stands in the place of a value.</summary>
internal enum PiiMode
{
    /// <summary><c>tok_</c> and 24 hexadecimal digits: the same for the same value, of no use without the key.</summary>
    Token = 0,

    /// <summary><c>[card]</c>: nothing of the value.</summary>
    Mask = 1,
}

/// <summary>
/// The one place that takes personal data out of what leaves the house: by the names of fields, and by the form and checksum of values. Nothing is scanned on the way in; whatever goes out passes here. Recognisers
/// find forms, not meaning: a name in a sentence is not found.
/// </summary>
/// <param name="keyring">Asked for when the first value is found: the log is older than the keys.</param>
internal sealed class PiiGuard(Func<AuditKeyring> keyring)
{
    public const string TokenPrefix = "tok_";
    private const int TokenBytes = 12;

    /// <summary>Where two find the same piece the earlier one names it.</summary>
    private static readonly IPiiRecogniser[] Recognisers =
        [new IbanRecogniser(), new CardRecogniser(), new EmailRecogniser(), new SsnRecogniser(), new PhoneRecogniser(), new IpRecogniser(), new AbaRecogniser()];

    private readonly Lazy<byte[]> _key = new(() => keyring().Derive("finobs/pii/token/v1"u8));

    /// <summary>The text without values of a known form. What holds none comes back as it is.</summary>
    public string Clean(string text, PiiMode mode = PiiMode.Token)
    {
        List<PiiMatch> matches = Find(text);
        if (matches.Count == 0)
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        int at = 0;
        foreach (PiiMatch match in matches)
        {
            clean.Append(text, at, match.Start - at).Append(InPlaceOf(text.Substring(match.Start, match.Length), match.Kind, mode));
            at = match.End;
        }

        return clean.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>A value that has a name: all of it goes where the name is personal, else what is found in it.</summary>
    public string CleanField(string name, string value, PiiMode mode = PiiMode.Token) =>
        PiiFields.IsPersonal(name) && !value.StartsWith(TokenPrefix, StringComparison.Ordinal) ? InPlaceOf(value, PiiKind.Field, mode) : Clean(value, mode);

    /// <summary>JSON whose personal members and values are replaced; everything else stays, in the same order. What is no JSON is cleaned as text.</summary>
    public byte[] CleanJson(ReadOnlyMemory<byte> json, PiiMode mode = PiiMode.Token)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            using MemoryStream output = new(json.Length);
            using (Utf8JsonWriter writer = new(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                Write(writer, document.RootElement, name: null, mode);
            }

            return output.ToArray();
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetBytes(Clean(Encoding.UTF8.GetString(json.Span), mode));
        }
    }

    /// <summary>Values of a known form, in order, none within another.</summary>
    public static List<PiiMatch> Find(string text)
    {
        List<PiiMatch> found = [];
        if (!text.AsSpan().ContainsAnyInRange('0', '9') && !text.Contains('@', StringComparison.Ordinal) && !text.Contains("::", StringComparison.Ordinal))
        {
            return found;
        }

        List<PiiMatch> kept = [];
        foreach (IPiiRecogniser recogniser in Recognisers)
        {
            found.Clear();
            recogniser.Find(text, found);
            foreach (PiiMatch match in found)
            {
                if (!kept.Exists(other => match.Start < other.End && other.Start < match.End))
                {
                    kept.Add(match);
                }
            }
        }

        kept.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return kept;
    }

    public string TokenOf(string value) => TokenPrefix + Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(value)).AsSpan(0, TokenBytes));

    private string InPlaceOf(string value, PiiKind kind, PiiMode mode)
    {
        string mask = $"[{kind.ToString().ToLowerInvariant()}]";
        if (mode == PiiMode.Mask)
        {
            return mask;
        }

        try
        {
            return TokenOf(value);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // No key can be had: a mask says less, and that is never wrong.
            return mask;
        }
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, string? name, PiiMode mode)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    writer.WritePropertyName(Clean(property.Name, mode));
                    Write(writer, property.Value, property.Name, mode);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(writer, item, name, mode);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                string text = element.GetString()!;
                writer.WriteStringValue(name is null ? Clean(text, mode) : CleanField(name, text, mode));
                break;
            case JsonValueKind.Number when element.GetRawText() is var raw && ((name is not null && PiiFields.IsPersonal(name)) || Find(raw).Count > 0):
                writer.WriteStringValue(name is null ? Clean(raw, mode) : CleanField(name, raw, mode));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
