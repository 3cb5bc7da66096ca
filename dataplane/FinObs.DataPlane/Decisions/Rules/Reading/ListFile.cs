using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Decisions.Rules.Lists;

namespace FinObs.DataPlane.Decisions.Rules.Reading;

/// <summary>A list as a file declares it; more entries may come by the API.</summary>
internal sealed partial record ListFile(string Name, string? Note, IReadOnlyDictionary<string, ListedValue> Entries)
{
    public static ListFile? Read(JsonObject json, string path, string baseCurrency, List<FieldError> errors)
    {
        RuleReader reader = new(json, path, baseCurrency, errors);
        string name = reader.Text("name", 63);
        if (name.Length > 0 && !Fits(name))
        {
            reader.Refuse("name", "must be lower-case letters, digits and hyphens, beginning with a letter");
        }

        string? note = reader.TextOrNull("note", 500);
        Dictionary<string, ListedValue> entries = new(StringComparer.Ordinal);
        if (reader.Has("entries"))
        {
            if (json["entries"] is JsonArray array)
            {
                for (int i = 0; i < array.Count; i++)
                {
                    ReadEntry(array[i], $"{path}.entries[{i}]", baseCurrency, entries, errors);
                }
            }
            else
            {
                reader.Refuse("entries", "must be a list of texts, or of objects with value, until and note");
            }
        }

        reader.RefuseOthers("a list");
        return name.Length == 0 ? null : new ListFile(name, note, entries);
    }

    public static bool Fits(string name) => name.Length is > 0 and <= 63 && ListName().IsMatch(name);

    private static void ReadEntry(JsonNode? node, string path, string baseCurrency, Dictionary<string, ListedValue> entries, List<FieldError> errors)
    {
        JsonObject json = node switch
        {
            JsonObject given => given,
            JsonValue plain => new JsonObject { ["value"] = plain.TryGetValue(out string? text) ? text : plain.ToJsonString() },
            _ => [],
        };
        RuleReader entry = new(json, path, baseCurrency, errors);
        string value = entry.Text("value");
        DateTimeOffset? until = entry.Instant("until");
        entry.TextOrNull("note", 500);
        entry.RefuseOthers("an entry");
        if (value.Length > 0 && !entries.TryAdd(value, new ListedValue(until ?? DateTimeOffset.MaxValue)))
        {
            entry.Refuse("value", "stands on this list twice");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListName();
}
