using System.Text.Json;
using System.Text.Json.Nodes;

namespace FinObs.DataPlane.Mcp.Schemas;

/// <summary>The arguments that a tool takes.</summary>
internal sealed class ToolInput
{
    private readonly ToolField[] _fields;
    private readonly JsonElement[] _shapes;

    public ToolInput(params ToolField[] fields)
    {
        _fields = fields;
        _shapes = [.. fields.Select(field => JsonSerializer.SerializeToElement(field.Shape))];
        Schema = JsonSerializer.SerializeToElement(SchemaOf(fields));
    }

    /// <summary>As it is published.</summary>
    public JsonElement Schema { get; }

    /// <summary>Sentences that say what is wrong, the bound, and what to send; null where nothing is. A null counts as left out.</summary>
    public string? Problem(IReadOnlyDictionary<string, JsonElement> given)
    {
        List<string> problems = [];
        foreach (string unknown in given.Keys.Where(name => !Array.Exists(_fields, field => field.Name == name)).Order(StringComparer.Ordinal))
        {
            problems.Add($"{Quoted(unknown)} is no argument of this tool: {Names()}.");
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            ToolField field = _fields[i];
            if (given.TryGetValue(field.Name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                if (SchemaCheck.Problem(field.Name, value, _shapes[i]) is { } problem) problems.Add(problem);
            }
            else if (field.IsRequired)
            {
                problems.Add($"{field.Name} is missing: {field.Shape["description"]}");
            }
        }

        return problems.Count == 0 ? null : string.Join(" ", problems);
    }

    /// <summary>The schema of an object with these fields; other members are not taken.</summary>
    public static JsonObject SchemaOf(IReadOnlyList<ToolField> fields)
    {
        JsonObject properties = [];
        foreach (ToolField field in fields) properties[field.Name] = field.Shape.DeepClone();
        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        JsonNode[] required = [.. fields.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name)];
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    private string Names() => _fields.Length == 0 ? "it takes none" : $"it takes {string.Join(", ", _fields.Select(field => field.Name))}";

    /// <summary>A name comes from outside: it is shown short, and only as what it is.</summary>
    private static string Quoted(string name) => name.Length <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : "One of the names";
}
