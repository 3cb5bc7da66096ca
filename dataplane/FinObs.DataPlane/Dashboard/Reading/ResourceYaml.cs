using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Writes resources as people write them. What comes out reads back as the same document: what could be taken for something else than text stands in quotes, as in JSON, which YAML 1.2 contains.</summary>
internal static partial class ResourceYaml
{
    /// <param name="resource">Its spec has the defaults in it; Secrets are named in it, never held.</param>
    /// <param name="clean">What each text passes through.</param>
    public static string Of(StoredResource resource, Func<string, string> clean)
    {
        JsonObject metadata = new() { ["name"] = resource.Key.Name, ["namespace"] = resource.Key.Namespace };
        if (resource.Labels.Count > 0)
        {
            metadata["labels"] = new JsonObject(resource.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
        }

        return Of(new JsonObject { ["apiVersion"] = WellKnown.ApiVersion, ["kind"] = resource.Key.Kind, ["metadata"] = metadata, ["spec"] = JsonNode.Parse(resource.Row.Spec) }, clean);
    }

    public static string Of(JsonObject document, Func<string, string> clean)
    {
        StringBuilder text = new();
        Members(text, document, indent: 0, clean);
        return text.ToString();
    }

    private static void Members(StringBuilder text, JsonObject map, int indent, Func<string, string> clean)
    {
        foreach ((string name, JsonNode? value) in map)
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            Value(text, value, indent, clean);
        }
    }

    /// <summary>After a name: on the same line where it is short, else below it.</summary>
    private static void Value(StringBuilder text, JsonNode? value, int indent, Func<string, string> clean)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Members(text, map, indent + 2, clean);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                Items(text, list, indent, clean);
                break;
            default:
                text.Append(' ').Append(Single(value, clean)).Append('\n');
                break;
        }
    }

    private static void Items(StringBuilder text, JsonArray list, int indent, Func<string, string> clean)
    {
        foreach (JsonNode? item in list)
        {
            if (item is JsonObject { Count: > 0 } map)
            {
                StringBuilder inner = new();
                Members(inner, map, indent + 2, clean);
                inner[indent] = '-'; // the first member's indent holds the dash
                text.Append(inner);
            }
            else if (item is JsonArray)
            {
                text.Append(' ', indent).Append("- ").Append(Flow(item, clean)).Append('\n');
            }
            else
            {
                text.Append(' ', indent).Append("- ").Append(Single(item, clean)).Append('\n');
            }
        }
    }

    /// <summary>A list within a list, on one line: as JSON has it.</summary>
    private static string Flow(JsonNode? value, Func<string, string> clean) => value switch
    {
        JsonArray list => $"[{string.Join(", ", list.Select(item => Flow(item, clean)))}]",
        JsonObject map => $"{{{string.Join(", ", map.Select(member => $"{Quoted(member.Key)}: {Flow(member.Value, clean)}"))}}}",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Quoted(clean(text.GetValue<string>())),
        _ => value?.ToJsonString() ?? "null",
    };

    private static string Single(JsonNode? value, Func<string, string> clean) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ => value.GetValueKind() == JsonValueKind.String ? Scalar(clean(value.GetValue<string>())) : value.ToJsonString(),
    };

    private static string Scalar(string text) => IsPlain().IsMatch(text) && !IsWord().IsMatch(text) ? text : Quoted(text);

    private static string Quoted(string text) => JsonSerializer.Serialize(text, ResourceJson.Lenient);

    /// <summary>Begins with a letter or a slash and holds nothing that has a meaning in YAML.</summary>
    [GeneratedRegex(@"\A[A-Za-z/][A-Za-z0-9_./@+-]*( [A-Za-z0-9_./@+-]+)*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsPlain();

    /// <summary>Read as something else than text by some reader, of YAML 1.1 too.</summary>
    [GeneratedRegex(@"\A(true|false|null|yes|no|on|off|y|n|nan|inf)\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsWord();
}
