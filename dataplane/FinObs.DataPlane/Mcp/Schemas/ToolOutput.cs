using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FinObs.DataPlane.Mcp.Schemas;

/// <summary>How answers are written, and the schemas of their types: both follow from the same records.</summary>
internal static class ToolOutput
{
    /// <summary>Every member is there, also where it is null: the schema requires it.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,

        // "Anything" as an object: clients of older versions read no other form of a schema.
        TransformSchemaNode = static (_, node) => node.GetValueKind() == JsonValueKind.True ? new JsonObject() : node,
    };

    private static readonly ConcurrentDictionary<Type, JsonElement> Schemas = [];

    public static JsonElement SchemaOf(Type type) => Schemas.GetOrAdd(type, static type =>
    {
        JsonNode schema = Json.GetJsonSchemaAsNode(type, Exporting);
        // An answer itself is never null.
        ((JsonObject)schema)["type"] = "object";
        return JsonSerializer.SerializeToElement(schema);
    });
}
