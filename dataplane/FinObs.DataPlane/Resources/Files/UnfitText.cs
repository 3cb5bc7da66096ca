using System.Text.Json;
using System.Text.Json.Nodes;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>Finds text that JSON can escape and no database keeps: a NUL, or half a surrogate pair.</summary>
internal static class UnfitText
{
    private const string WholeDocument = "(the document)";

    /// <summary>Where the first one is; null where all is well.</summary>
    public static string? In(JsonObject document)
    {
        try
        {
            return In(document, "");
        }
        catch (InvalidOperationException)
        {
            // A name of a field that is no text cannot even be read.
            return WholeDocument;
        }
    }

    private static string? In(JsonNode? node, string path) => node switch
    {
        JsonObject map => map.Select(pair => IsUnfit(pair.Key) ? Named(path) : In(pair.Value, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}")).FirstOrDefault(found => found is not null),
        JsonArray list => list.Select((item, i) => In(item, $"{path}[{i}]")).FirstOrDefault(found => found is not null),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => IsUnfit(value) ? Named(path) : null,
        _ => null,
    };

    private static bool IsUnfit(JsonValue value)
    {
        try
        {
            return IsUnfit(value.GetValue<string>());
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static bool IsUnfit(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Named(string path) => path.Length == 0 ? WholeDocument : path;
}
