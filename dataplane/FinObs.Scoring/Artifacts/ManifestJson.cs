using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.Scoring.Artifacts;

/// <summary>Reads and writes <c>manifest.json</c>: camel case, indented, arrays of numbers on one line.</summary>
internal static class ManifestJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(), new OneLine<double>(), new OneLine<long>() },
    };

    public static byte[] Write(ModelManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Options);

    public static ModelManifest Read(ReadOnlySpan<byte> json)
    {
        // Some editors put a byte order mark before hand-written manifests.
        json = json.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? json[3..] : json;
        try
        {
            return JsonSerializer.Deserialize<ModelManifest>(json, Options)
                ?? throw new ArtifactException(ArtifactProblem.InvalidManifest, "manifest.json is null; write an object.");
        }
        catch (JsonException e) when (string.Equals(e.Path, "$.format", StringComparison.Ordinal))
        {
            throw new ArtifactException(
                ArtifactProblem.UnknownFormat, $"manifest.json names an unknown format; known are {string.Join(" and ", Enum.GetNames<ModelFormat>())}.", e);
        }
        catch (JsonException e)
        {
            throw new ArtifactException(
                ArtifactProblem.InvalidManifest, $"manifest.json is not valid at {e.Path ?? "$"}, line {e.LineNumber + 1}{Missing(e)}; correct it to the manifest's schema.", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new ArtifactException(ArtifactProblem.InvalidManifest, $"manifest.json breaks a rule: {e.Message}", e);
        }
    }

    /// <summary>The names of missing properties, which the serializer tells only in its sentence.</summary>
    private static string Missing(JsonException e)
    {
        int at = e.Message.IndexOf("including: ", StringComparison.Ordinal);
        return at < 0 ? "" : ", missing " + e.Message[(at + "including: ".Length)..].TrimEnd('.');
    }

    private sealed class OneLine<T> : JsonConverter<T[]>
    {
        public override T[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T[]>(ref reader);

        public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value), skipInputValidation: true);
    }
}
