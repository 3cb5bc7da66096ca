using System.Text.Json.Nodes;

namespace FinObs.DataPlane.Mcp.Schemas;

/// <summary>One argument of a tool: what is published of it is what is enforced.</summary>
/// <param name="Name">In snake case.</param>
/// <param name="Shape">JSON Schema.</param>
/// <param name="IsRequired">Whether a call without it is refused.</param>
internal sealed record ToolField(string Name, JsonObject Shape, bool IsRequired = false)
{
    public static ToolField Text(string name, string description, int mostLength = 200, string? pattern = null, string? defaultText = null, params string[] examples)
    {
        JsonObject shape = new() { ["type"] = "string", ["description"] = description, ["minLength"] = 1, ["maxLength"] = mostLength };
        if (pattern is not null) shape["pattern"] = pattern;
        if (defaultText is not null) shape["default"] = defaultText;
        if (examples.Length > 0) shape["examples"] = new JsonArray([.. examples.Select(example => (JsonNode)example)]);
        return new ToolField(name, shape);
    }

    public static ToolField OneOf(string name, string description, IEnumerable<string> values, string? defaultValue = null)
    {
        JsonObject shape = new() { ["type"] = "string", ["description"] = description, ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
        if (defaultValue is not null) shape["default"] = defaultValue;
        return new ToolField(name, shape);
    }

    public static ToolField Whole(string name, string description, int least, int most, int? defaultNumber = null)
    {
        JsonObject shape = new() { ["type"] = "integer", ["description"] = description, ["minimum"] = least, ["maximum"] = most };
        if (defaultNumber is { } number) shape["default"] = number;
        return new ToolField(name, shape);
    }

    public static ToolField Number(string name, string description, double above, double most) => new(
        name, new JsonObject { ["type"] = "number", ["description"] = description, ["exclusiveMinimum"] = above, ["maximum"] = most });

    public static ToolField Id(string name, string description) => new(name, new JsonObject { ["type"] = "string", ["description"] = description, ["format"] = "uuid" });

    public static ToolField Instant(string name, string description) => new(name, new JsonObject { ["type"] = "string", ["description"] = description, ["format"] = "date-time" });

    /// <summary>Objects of a form of their own. Each is judged where it is used, so that a bad one spoils no other.</summary>
    public static ToolField List(string name, string description, JsonObject item, int most) => new(
        name, new JsonObject { ["type"] = "array", ["description"] = description, ["minItems"] = 1, ["maxItems"] = most, ["items"] = item });

    public static ToolField Object(string name, string description) => new(name, new JsonObject { ["type"] = "object", ["description"] = description });

    public ToolField Required() => this with { IsRequired = true };

    /// <summary>The tenant, of every tool that reads or writes one's data.</summary>
    public static ToolField Namespace() => Text("namespace", "Tenant; leave it out unless the user names one.", 63, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "default");
}
