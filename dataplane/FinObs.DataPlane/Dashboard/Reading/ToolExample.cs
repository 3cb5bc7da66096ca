using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Arguments to begin with: what a tool cannot do without, in a form that its schema takes.</summary>
internal static class ToolExample
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="schema">The tool's.</param>
    /// <param name="transaction">A transaction that was decided here, for tools that ask for one; null = there is none.</param>
    public static string Of(JsonElement schema, Guid? transaction)
    {
        JsonObject arguments = [];
        HashSet<string> required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];
        foreach (JsonProperty field in schema.GetProperty("properties").EnumerateObject().Where(field => required.Contains(field.Name)))
        {
            arguments[field.Name] = ValueOf(field.Name, field.Value, transaction);
        }

        return arguments.ToJsonString(Pretty);
    }

    private static JsonNode? ValueOf(string name, JsonElement shape, Guid? transaction) => (name, shape.GetProperty("type").GetString()) switch
    {
        ("amount", _) => 9800,
        ("transactions", _) => new JsonArray(new JsonObject { ["transaction_id"] = "first", ["amount"] = 9800, ["transaction_type"] = "wire_transfer", ["account"] = "acc-1" }),
        ("id", _) => transaction?.ToString() ?? "",
        _ when shape.TryGetProperty("enum", out JsonElement values) => JsonNode.Parse(values[0].GetRawText()),
        _ when shape.TryGetProperty("examples", out JsonElement examples) => JsonNode.Parse(examples[0].GetRawText()),
        (_, "number" or "integer") => shape.TryGetProperty("minimum", out JsonElement least) ? JsonNode.Parse(least.GetRawText()) : 1,
        (_, "array") => new JsonArray(),
        (_, "object") => new JsonObject(),
        _ => "",
    };
}
