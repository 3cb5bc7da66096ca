using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FinObs.DataPlane.Pii;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>
/// An answer on its way to a model: each text passes the guard. Numbers are figures of our own and stay; so do ids and instants, which the guard must not take for a telephone number. What is a name here is a
/// model's or an experiment's: people are not in these answers but as ids.
/// </summary>
internal static class CleanAnswer
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(PiiGuard guard, JsonElement answer)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter writer = new(output, Writing))
        {
            Write(guard, writer, name: null, answer);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(PiiGuard guard, Utf8JsonWriter writer, string? name, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Write(guard, writer, property.Name, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray()) Write(guard, writer, name, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                string text = element.GetString()!;
                writer.WriteStringValue(IsOurs(text) ? text : name is null or "name" ? guard.Clean(text) : guard.CleanField(name, text));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool IsOurs(string text) => Guid.TryParse(text, out _) || text.StartsWith("sha256:", StringComparison.Ordinal) || IsInstant(text);

    /// <summary><c>2026-01-31T…</c>.</summary>
    private static bool IsInstant(string text) => text.Length is >= 20 and <= 35 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && DateTimeOffset.TryParse(text, out _);
}
