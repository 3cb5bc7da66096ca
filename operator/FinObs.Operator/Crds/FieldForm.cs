using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Crds;

/// <summary>What form a field has, in a few words.</summary>
internal static class FieldForm
{
    private const string AnyLine = "^.*$";

    public static string Of(JsonObject field) => (string?)field["type"] switch
    {
        "array" => $"list of {(field["items"]!["properties"] is null ? Of(field["items"]!.AsObject()) : "objects")}{Between(field, "Items", "item")}",
        "object" when field["additionalProperties"] is { } values => $"map of {Of(values.AsObject())}{Between(field, "Properties", "entry")}",
        "object" => "object",
        "boolean" => "true or false",
        "integer" => field["minimum"] is null ? "whole number" : $"whole number, {field["minimum"]} to {field["maximum"]}",
        _ => OfText(field),
    };

    private static string OfText(JsonObject field)
    {
        string? pattern = (string?)field["pattern"];
        return pattern switch
        {
            _ when field.ContainsKey("enum") => "one of the words",
            Patterns.Number => "number in quotes",
            Patterns.Share => "number in quotes, 0 to 1",
            Patterns.Duration => "length of time",
            Patterns.Time => "time",
            Patterns.DnsLabel => "DNS label",
            Patterns.DnsSubdomain => "DNS name",
            Patterns.Version => "semantic version",
            Patterns.Digest => "`sha256:` and 64 hex digits",
            Patterns.Quantity => "quantity, like 500m or 1Gi",
            Patterns.Cron => "cron expression of five fields",
            Patterns.JsonPath => "path, like $.data.items",
            Patterns.Cidr => "address range, like 10.0.0.0/8",
            null or AnyLine when field.ContainsKey("maxLength") => $"text of {(field["minLength"] is { } min ? $"{min} to " : "at most ")}{field["maxLength"]}",
            null => "text",
            _ => $"text, `{pattern.Replace("|", "\\|")}`",
        };
    }

    private static string Between(JsonObject field, string what, string one)
    {
        JsonNode? min = field["min" + what];
        JsonNode? max = field["max" + what];
        string many = one == "entry" ? "entries" : $"{one}s";
        return (min, max) switch
        {
            (null, null) => "",
            (null, _) => $", at most {max} {many}",
            (_, null) => $", at least {min} {many}",
            _ => $", {min} to {max} {many}",
        };
    }
}
