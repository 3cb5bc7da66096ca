using System.Text.Json;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>As much of JSON Schema as our output schemas use, written anew: it knows nothing of how they are made. A keyword that it does not know is an error.</summary>
internal static class SchemaValidator
{
    private static readonly HashSet<string> Known = ["type", "properties", "required", "items", "enum", "additionalProperties", "anyOf", "format", "description", "default", "$ref", "pattern", "minLength", "maxLength"];

    public static List<string> Problems(JsonElement value, JsonElement schema) => Problems(value, schema, schema, "$");

    private static List<string> Problems(JsonElement value, JsonElement schema, JsonElement root, string at)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind == JsonValueKind.True ? [] : [$"{at}: nothing is allowed"];
        }

        List<string> problems = [.. schema.EnumerateObject().Where(keyword => !Known.Contains(keyword.Name)).Select(keyword => $"{at}: {keyword.Name} is not known here")];
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            problems.AddRange(Problems(value, Resolve(root, reference.GetString()!), root, at));
        }

        if (schema.TryGetProperty("type", out JsonElement type) && !Types(type).Any(name => Is(value, name)))
        {
            problems.Add($"{at}: {value.ValueKind} is not {type.GetRawText()}");
        }

        if (schema.TryGetProperty("enum", out JsonElement allowed) && !allowed.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        {
            problems.Add($"{at}: {value.GetRawText()} is not of {allowed.GetRawText()}");
        }

        if (schema.TryGetProperty("anyOf", out JsonElement some) && !some.EnumerateArray().Any(one => Problems(value, one, root, at).Count == 0))
        {
            problems.Add($"{at}: none of anyOf");
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            problems.AddRange(OfMembers(value, schema, root, at));
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            problems.AddRange(value.EnumerateArray().SelectMany((item, i) => Problems(item, items, root, $"{at}[{i}]")));
        }

        return problems;
    }

    private static IEnumerable<string> OfMembers(JsonElement value, JsonElement schema, JsonElement root, string at)
    {
        JsonElement properties = schema.TryGetProperty("properties", out JsonElement given) ? given : default;
        JsonElement[] wanted = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray()] : [];
        foreach (JsonElement required in wanted)
        {
            if (!value.TryGetProperty(required.GetString()!, out _)) yield return $"{at}: {required} is missing";
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out JsonElement own))
            {
                foreach (string problem in Problems(member.Value, own, root, $"{at}.{member.Name}")) yield return problem;
            }
            else if (schema.TryGetProperty("additionalProperties", out JsonElement others))
            {
                foreach (string problem in Problems(member.Value, others, root, $"{at}.{member.Name}")) yield return problem;
            }
            else if (properties.ValueKind == JsonValueKind.Object)
            {
                // JSON Schema would let it pass; an answer with a member that nothing describes is a mistake of ours.
                yield return $"{at}: {member.Name} is not described";
            }
        }
    }

    private static JsonElement Resolve(JsonElement root, string pointer) => pointer.Split('/').Skip(1)
        .Aggregate(root, (at, name) => at.ValueKind == JsonValueKind.Array ? at[int.Parse(name)] : at.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));

    private static string[] Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.GetString()!)] : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == Math.Floor(value.GetDouble()),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => false,
    };
}
