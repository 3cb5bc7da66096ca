using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FinObs.Contracts.Resources.Validation;

/// <summary>A resource that was read, or what is wrong with it: one of the two.</summary>
/// <param name="Resource">The resource; null where there are errors.</param>
/// <param name="Errors">What is wrong; empty where there is a resource.</param>
public sealed record ReadResource(CustomResource? Resource, IReadOnlyList<FieldError> Errors);

/// <summary>Reads resources as people write them; a field that does not exist or has another type is an error that names it.</summary>
public static partial class ResourceReader
{
    /// <summary>Reads and validates an object with <c>apiVersion</c>, <c>kind</c>, <c>metadata</c> and <c>spec</c>; a <c>status</c> in it is passed over.</summary>
    /// <param name="document">The object.</param>
    /// <param name="old">What it replaces, for rules about changes; none = it is new.</param>
    public static ReadResource Read(JsonObject document, CustomResource? old = null)
    {
        string? apiVersion = TextOf(document, "apiVersion");
        if (apiVersion != WellKnown.ApiVersion)
        {
            return Refused("apiVersion", $"must be {WellKnown.ApiVersion}{(apiVersion is null ? "" : $", not {apiVersion}")}");
        }

        string? name = TextOf(document, "kind");
        ResourceKind? kind = ResourceKinds.All.FirstOrDefault(known => known.Name == name);
        if (kind is null)
        {
            return Refused("kind", $"must be one of {string.Join(", ", ResourceKinds.All)}{(name is null ? "" : $", not {name}")}");
        }

        JsonObject copy = (JsonObject)document.DeepClone();
        copy.Remove("status");
        try
        {
            CustomResource resource = (CustomResource)copy.Deserialize(kind.Type, ResourceJson.Strict)!;
            IReadOnlyList<FieldError> errors = ResourceValidator.Validate(resource, old);
            return new ReadResource(errors.Count == 0 ? resource : null, errors);
        }
        catch (JsonException exception)
        {
            return new ReadResource(null, [ErrorOf(exception, kind.Type)]);
        }
    }

    /// <summary>The error of a JSON exception in our words.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="type">What was to be read; given, a field that does not exist is answered with the one that was probably meant.</param>
    public static FieldError ErrorOf(JsonException exception, Type? type = null)
    {
        string path = (exception.Path ?? "$").TrimStart('$').TrimStart('.');
        string message = exception.Message.Split(" Path: ")[0];
        if (Unmapped().Match(message) is { Success: true } unmapped)
        {
            string field = unmapped.Groups["field"].Value;
            string parent = path == field ? "" : path.EndsWith("." + field, StringComparison.Ordinal) ? path[..^(field.Length + 1)] : path;
            string? meant = type is null ? null : NearestField.To(field, parent, type);
            return new FieldError(parent.Length == 0 ? field : $"{parent}.{field}", meant is null ? "there is no such field" : $"there is no such field; did you mean {meant}?");
        }

        if (Missing().Match(message) is { Success: true } missing)
        {
            string[] fields = [.. missing.Groups["fields"].Value.Split(',').Select(field => field.Trim(' ', '\'', '.'))];
            return new FieldError(path.Length == 0 ? fields[0] : $"{path}.{fields[0]}", fields.Length == 1 ? "is required" : $"is required (as are {string.Join(", ", fields.Skip(1))})");
        }

        return new FieldError(path.Length == 0 ? "(the document)" : path, message.StartsWith("The JSON value could not be converted to", StringComparison.Ordinal) ? ExpectedBy(message) : message);
    }

    private static string ExpectedBy(string message)
    {
        string type = message.Split(' ')[^1].TrimEnd('.');
        return type switch
        {
            _ when type.Contains("Boolean", StringComparison.Ordinal) => "must be true or false, without quotes",
            _ when type.Contains("Int", StringComparison.Ordinal) => "must be a whole number, without quotes",
            _ when type is "System.String" => "must be a text: put it in quotes",
            _ when type.Contains("List", StringComparison.Ordinal) => "must be a list",
            _ => "has another form than this field takes",
        };
    }

    private static string? TextOf(JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static ReadResource Refused(string path, string message) => new(null, [new FieldError(path, message)]);

    [GeneratedRegex("^The JSON property '(?<field>[^']*)' could not be mapped", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unmapped();

    [GeneratedRegex("was missing required properties including: (?<fields>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();
}
