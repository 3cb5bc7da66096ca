using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Who set which fields of an object.</summary>
internal sealed record FieldManager(string Name, string Operation, string Subresource, string ApiVersion, string Time, IReadOnlySet<string> Paths)
{
    public bool Is(FieldManager other) => Name == other.Name && Operation == other.Operation && Subresource == other.Subresource;

    public JsonObject Render()
    {
        JsonObject entry = new()
        {
            ["manager"] = Name, ["operation"] = Operation, ["apiVersion"] = ApiVersion, ["time"] = Time, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = FieldPaths.Render(Paths),
        };
        if (Subresource.Length > 0) entry["subresource"] = Subresource;
        return entry;
    }
}

/// <summary>Field ownership, simplified: it is kept by leaf fields, and list items by their keys.</summary>
internal static class FieldManagers
{
    /// <summary>What follows from a plain write: who writes a field takes it from everybody else.</summary>
    public static IReadOnlyList<FieldManager> AfterUpdate(
        IReadOnlyList<FieldManager> before, FieldManager writer, JsonObject? old, JsonObject now, MergeRules rules, Func<string, bool> take)
    {
        HashSet<string> had = old is null ? [] : FieldPaths.Of(old, rules, take);
        HashSet<string> has = FieldPaths.Of(now, rules, take);
        HashSet<string> written = [.. has.Where(path => !had.Contains(path) || !JsonNode.DeepEquals(FieldPaths.Find(old!, path), FieldPaths.Find(now, path)))];
        // An item of a list stands for its key, not for its contents.
        written.RemoveWhere(path => FieldPaths.IsItem(path) && had.Contains(path));
        HashSet<string> touched = [.. written, .. had.Except(has)];
        if (touched.Count == 0) return before;

        List<FieldManager> after = [];
        foreach (FieldManager manager in before.Where(manager => !manager.Is(writer)))
        {
            HashSet<string> left = [.. manager.Paths.Except(touched)];
            if (left.Count > 0) after.Add(left.Count == manager.Paths.Count ? manager : manager with { Paths = left });
        }

        HashSet<string> own = [.. before.Where(manager => manager.Is(writer)).SelectMany(manager => manager.Paths).Except(had.Except(has)), .. written];
        if (own.Count > 0) after.Add(writer with { Paths = own });
        return after;
    }
}

/// <summary>Server-side apply.</summary>
internal static class ServerSideApply
{
    /// <param name="live">The object as it is.</param>
    /// <param name="managers">Who owns what of it.</param>
    /// <param name="applied">What is applied.</param>
    /// <param name="applier">Who applies; its paths are found here.</param>
    /// <param name="rules">How the kind merges.</param>
    /// <param name="take">Which top-level fields may be set here.</param>
    /// <param name="force">Takes fields from others instead of refusing.</param>
    /// <exception cref="ApiError">A field that somebody else owns has another value (409).</exception>
    public static (JsonObject Result, IReadOnlyList<FieldManager> Managers) Apply(
        JsonObject live, IReadOnlyList<FieldManager> managers, JsonObject applied, FieldManager applier, MergeRules rules, Func<string, bool> take, bool force)
    {
        HashSet<string> wanted = FieldPaths.Of(applied, rules, take);
        FieldManager[] others = [.. managers.Where(manager => !manager.Is(applier))];
        HashSet<string> disputed =
        [
            .. wanted.Where(path => !FieldPaths.IsItem(path)
                && others.Any(other => other.Paths.Contains(path))
                && !JsonNode.DeepEquals(FieldPaths.Find(live, path), FieldPaths.Find(applied, path))),
        ];
        if (disputed.Count > 0 && !force)
        {
            FieldManager owner = others.First(other => other.Paths.Overlaps(disputed));
            throw ApiError.Conflict($"Apply failed with {disputed.Count} conflict(s): conflicts with \"{owner.Name}\": {string.Join(", ", disputed.Select(Show))}");
        }

        others = [.. others.Select(other => other.Paths.Overlaps(disputed) ? other with { Paths = other.Paths.Except(disputed).ToHashSet() } : other).Where(other => other.Paths.Count > 0)];
        JsonObject result = live.Copy();
        foreach (string name in applied.Select(pair => pair.Key).Where(name => name is not ("apiVersion" or "kind") && take(name)))
        {
            result[name] = Merge(result[name], applied[name], rules, [name]);
        }

        FieldManager? before = managers.FirstOrDefault(manager => manager.Is(applier));
        foreach (string path in (before?.Paths ?? new HashSet<string>()).Where(path => !wanted.Contains(path)))
        {
            bool isShared = others.Any(other => FieldPaths.IsItem(path) ? FieldPaths.IsWithin(path, other.Paths) : other.Paths.Contains(path));
            if (!isShared) FieldPaths.Remove(result, path);
        }

        FieldManager now = before is not null && before.Paths.SetEquals(wanted) ? before : applier with { Paths = wanted };
        return (result, [.. others, now]);
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? applied, MergeRules rules, IReadOnlyList<string> names)
    {
        if (live is JsonObject map && applied is JsonObject fields && !rules.IsAtomic(names))
        {
            JsonObject result = map.Copy();
            foreach ((string name, JsonNode? value) in fields) result[name] = Merge(result[name], value, rules, [.. names, name]);
            return result;
        }

        if (live is JsonArray list && applied is JsonArray items && rules.Keys(names) is { } keys)
        {
            List<JsonNode?> result = [.. list.Select(item => item?.DeepClone())];
            foreach (JsonNode? item in items)
            {
                int at = result.FindIndex(known => FieldPaths.KeyOf(known, keys) == FieldPaths.KeyOf(item, keys));
                if (at < 0) result.Add(item?.DeepClone());
                else result[at] = Merge(result[at], item, rules, names);
            }

            return new JsonArray([.. result]);
        }

        if (live is JsonArray set && applied is JsonArray more && rules.IsSet(names))
        {
            return new JsonArray([.. set.Concat(more).Select(item => item?.DeepClone()).DistinctBy(item => item?.ToJsonString())]);
        }

        return applied?.DeepClone();
    }

    private static string Show(string path) => "." + string.Join('.', path.Split('\n').Select(segment => segment.StartsWith("f:", StringComparison.Ordinal) ? segment[2..] : $"[{segment}]"));
}
