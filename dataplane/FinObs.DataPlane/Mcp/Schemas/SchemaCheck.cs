using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Mcp.Schemas;

/// <summary>Holds a value against the part of JSON Schema that <see cref="ToolField"/> writes. What it finds it says without the value: that may be personal data.</summary>
internal static class SchemaCheck
{
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    public static string? Problem(string name, JsonElement value, JsonElement shape) => shape.GetProperty("type").GetString() switch
    {
        "string" => value.ValueKind == JsonValueKind.String ? TextProblem(name, value.GetString()!, shape) : $"{name} must be a string.",
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double whole) && double.IsInteger(whole) ? NumberProblem(name, whole, shape, "a whole number") : $"{name} must be a whole number{Range(shape)}.",
        "number" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? NumberProblem(name, number, shape, "a number") : $"{name} must be a number{Range(shape)}.",
        "array" => value.ValueKind == JsonValueKind.Array ? ListProblem(name, value, shape) : $"{name} must be an array.",
        _ => value.ValueKind == JsonValueKind.Object ? null : $"{name} must be an object.",
    };

    private static string? TextProblem(string name, string text, JsonElement shape)
    {
        if (shape.TryGetProperty("enum", out JsonElement allowed))
        {
            string[] values = [.. allowed.EnumerateArray().Select(value => value.GetString()!)];
            return values.Contains(text, StringComparer.Ordinal) ? null : $"{name} must be one of {string.Join(", ", values)}.";
        }

        if (Number(shape, "minLength") is { } least && text.Length < least) return $"{name} is empty: leave it out or give it a value.";
        if (Number(shape, "maxLength") is { } most && text.Length > most) return $"{name} may have at most {most} characters.";
        if (shape.TryGetProperty("pattern", out JsonElement pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTime)) return $"{name} must match {pattern.GetString()}.";
        return shape.TryGetProperty("format", out JsonElement format) ? FormatProblem(name, text, format.GetString()!) : null;
    }

    private static string? FormatProblem(string name, string text, string format) => format switch
    {
        "uuid" when !Guid.TryParse(text, out _) => $"{name} must be an id such as 01997a2c-5f00-7000-8000-000000000000.",
        "date-time" when !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) => $"{name} must be an ISO 8601 instant with a zone, such as 2026-01-31T00:00:00Z.",
        _ => null,
    };

    private static string? NumberProblem(string name, double number, JsonElement shape, string kind) =>
        number < Number(shape, "minimum") || number <= Number(shape, "exclusiveMinimum") || number > Number(shape, "maximum") ? $"{name} must be {kind}{Range(shape)}." : null;

    private static string? ListProblem(string name, JsonElement value, JsonElement shape)
    {
        int count = value.GetArrayLength();
        return count < Number(shape, "minItems") ? $"{name} is empty: send at least one."
            : count > Number(shape, "maxItems") ? $"{name} has {count:N0} items, and {Number(shape, "maxItems"):N0} are the most: split it into several calls."
            : null;
    }

    private static string Range(JsonElement shape) =>
        (Number(shape, "minimum"), Number(shape, "exclusiveMinimum"), Number(shape, "maximum")) switch
        {
            ({ } least, _, { } most) => $" from {least} to {most}",
            (_, { } above, { } most) => $" above {above} and at most {most}",
            _ => "",
        };

    private static double? Number(JsonElement shape, string name) => shape.TryGetProperty(name, out JsonElement number) ? number.GetDouble() : null;
}
