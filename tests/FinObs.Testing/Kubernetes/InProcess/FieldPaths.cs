using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>
/// The fields of an object as a set of paths, as server-side apply sees them: <c>f:name</c> for a field, <c>k:{…}</c> for the item of
/// a list that is a map, <c>v:…</c> for that of a set, and a last <c>.</c> for such an item itself.
/// </summary>
internal static class FieldPaths
{
    private const char Separator = '\n';
    private const string Item = ".";

    private static readonly HashSet<string> ServersOwn =
        ["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "generateName"];

    /// <param name="resource">The object.</param>
    /// <param name="rules">How its kind merges.</param>
    /// <param name="take">Which top-level fields.</param>
    public static HashSet<string> Of(JsonObject resource, MergeRules rules, Func<string, bool> take)
    {
        HashSet<string> paths = [];
        foreach ((string name, JsonNode? value) in resource)
        {
            if (name is "apiVersion" or "kind" || !take(name)) continue;
            if (name != "metadata")
            {
                Collect(value, rules, [name], $"f:{name}", paths);
                continue;
            }

            foreach ((string field, JsonNode? part) in resource.Metadata().Where(pair => !ServersOwn.Contains(pair.Key)))
            {
                Collect(part, rules, [name, field], $"f:metadata{Separator}f:{field}", paths);
            }
        }

        return paths;
    }

    /// <summary>The value that a path leads to; null where it leads nowhere.</summary>
    public static JsonNode? Find(JsonObject resource, string path)
    {
        JsonNode? at = resource;
        foreach (string segment in path.Split(Separator))
        {
            at = segment == Item ? at : Step(at, segment);
        }

        return at;
    }

    /// <summary>Takes out what the path leads to, and the maps that become empty by it.</summary>
    public static void Remove(JsonObject resource, string path)
    {
        string[] segments = [.. path.Split(Separator).Where(segment => segment != Item)];
        List<JsonNode?> parents = [resource];
        foreach (string segment in segments[..^1]) parents.Add(Step(parents[^1], segment));
        for (int i = segments.Length - 1; i >= 0; i--)
        {
            switch (parents[i])
            {
                case JsonObject map:
                    map.Remove(segments[i][2..]);
                    if (map.Count > 0 || i == 0) return;
                    break;
                case JsonArray list when Step(list, segments[i]) is { } item:
                    list.Remove(item);
                    if (list.Count > 0) return;
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>Whether anything in the set lies at or below the item that the path (ending in a dot) stands for.</summary>
    public static bool IsWithin(string itemPath, IEnumerable<string> others) =>
        others.Any(other => other.StartsWith(itemPath[..^1], StringComparison.Ordinal));

    public static bool IsItem(string path) => path.EndsWith($"{Separator}{Item}", StringComparison.Ordinal);

    /// <summary>As <c>fieldsV1</c> of a managedFields entry.</summary>
    public static JsonObject Render(IEnumerable<string> paths)
    {
        JsonObject root = [];
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            JsonObject at = root;
            foreach (string segment in path.Split(Separator))
            {
                if (at[segment] is not JsonObject next) at[segment] = next = [];
                at = next;
            }
        }

        return root;
    }

    /// <summary>How an item of a list that is a map is called.</summary>
    public static string KeyOf(JsonNode? item, IReadOnlyList<string> keys)
    {
        JsonObject key = [];
        foreach (string name in keys.Order(StringComparer.Ordinal))
        {
            // The one key with a default in the built-in schemas.
            key[name] = (item as JsonObject)?[name]?.DeepClone() ?? (name == "protocol" ? "TCP" : null);
        }

        return $"k:{key.ToJsonString()}";
    }

    private static void Collect(JsonNode? value, MergeRules rules, IReadOnlyList<string> names, string path, HashSet<string> paths)
    {
        if (value is JsonObject { Count: > 0 } map && !rules.IsAtomic(names))
        {
            foreach ((string name, JsonNode? part) in map) Collect(part, rules, [.. names, name], $"{path}{Separator}f:{name}", paths);
        }
        else if (value is JsonArray { Count: > 0 } list && rules.Keys(names) is { } keys)
        {
            foreach (JsonNode? item in list)
            {
                string itemPath = $"{path}{Separator}{KeyOf(item, keys)}";
                paths.Add($"{itemPath}{Separator}{Item}");
                Collect(item, rules, names, itemPath, paths);
            }
        }
        else if (value is JsonArray { Count: > 0 } set && rules.IsSet(names))
        {
            foreach (JsonNode? item in set) paths.Add($"{path}{Separator}v:{item?.ToJsonString()}");
        }
        else
        {
            paths.Add(path);
        }
    }

    private static JsonNode? Step(JsonNode? at, string segment) => (at, segment[..2]) switch
    {
        (JsonObject map, "f:") => map[segment[2..]],
        (JsonArray list, "v:") => list.FirstOrDefault(item => item?.ToJsonString() == segment[2..]),
        (JsonArray list, "k:") => list.FirstOrDefault(item => KeyOf(item, [.. JsonNode.Parse(segment[2..])!.AsObject().Select(pair => pair.Key)]) == segment),
        _ => null,
    };
}
