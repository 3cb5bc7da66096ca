using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Operator.Crds;

/// <summary>Everything a kind's definition says, as Markdown.</summary>
internal sealed class ResourceReference
{
    /// <summary>They have a section with their reasons.</summary>
    private const string Conditions = "status.conditions[]";

    private readonly StringBuilder _text = new();

    private ResourceReference()
    {
    }

    public static string Of(ResourceKind kind, XmlDocumentation documentation)
    {
        JsonNode schema = CustomResourceDefinition.Of(kind, documentation)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
        ResourceReference reference = new();
        reference.AddFields("spec", schema["properties"]!["spec"]!.AsObject(), schema["x-kubernetes-validations"]?.AsArray());
        reference.AddFields("status", schema["properties"]!["status"]!.AsObject());
        reference.AddConditions(ConditionList.Of(kind, documentation));
        reference.AddColumns(kind);
        return reference._text.ToString();
    }

    private void AddFields(string path, JsonObject schema, JsonArray? rulesAbove = null)
    {
        _text.Append(CultureInfo.InvariantCulture, $"\n### {path}\n\n{Escape((string)schema["description"]!)}\n\n| field | form | default | |\n|---|---|---|---|\n");
        List<(string Path, JsonObject Schema)> sections = [];
        AddRows(schema, path, "", isOptional: false, sections);
        string[] rules = [.. (rulesAbove ?? []).Concat(schema["x-kubernetes-validations"]?.AsArray() ?? []).Select(rule => (string)rule!["message"]!)];
        if (rules.Length > 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"\nRules:\n\n{string.Concat(rules.Select(rule => $"- {Escape(rule)}\n"))}");
        }

        foreach ((string at, JsonObject section) in sections)
        {
            AddFields(at, section);
        }
    }

    private void AddRows(JsonObject schema, string path, string prefix, bool isOptional, List<(string Path, JsonObject Schema)> sections)
    {
        string[] required = [.. schema["required"]?.AsArray().Select(name => (string)name!) ?? []];
        foreach ((string name, JsonNode? node) in schema["properties"]!.AsObject())
        {
            JsonObject field = node!.AsObject();
            string at = $"{path}.{name}";
            JsonObject? inner = (field["items"] ?? field)["properties"] is null ? null : (field["items"] ?? field).AsObject();
            if (inner is not null && !field.ContainsKey("items") && IsSmall(inner))
            {
                AddRows(inner, at, $"{prefix}{name}.", isOptional || !required.Contains(name), sections);
                continue;
            }

            at += field.ContainsKey("items") ? "[]" : "";
            if (inner is not null && at != Conditions)
            {
                sections.Add((at, inner));
            }

            string form = inner is null ? FieldForm.Of(field) : $"[{FieldForm.Of(field)}](#{Anchor(at)})";
            string initial = required.Contains(name) ? (isOptional ? "required there" : "**required**") : field["default"] is { } value && inner is null ? $"`{value.ToJsonString(ResourceJson.Strict)}`" : "";
            _text.Append(CultureInfo.InvariantCulture, $"| `{prefix}{name}` | {form} | {initial} | {Description(field)} |\n");
        }
    }

    private void AddConditions(IReadOnlyList<ConditionList.Entry> conditions)
    {
        _text.Append("\n### status.conditions\n\n`reason` is one of these words and no other.\n\n| type | | reasons |\n|---|---|---|\n");
        foreach (ConditionList.Entry condition in conditions)
        {
            string reasons = string.Join("<br>", condition.Reasons.Select(reason => $"`{reason.Name}`: {Escape(reason.Text)}"));
            _text.Append(CultureInfo.InvariantCulture, $"| `{condition.Type}` | {Escape(condition.Text)} | {reasons} |\n");
        }
    }

    private void AddColumns(ResourceKind kind)
    {
        _text.Append("\n### Columns of `kubectl get`\n\n| column | from | |\n|---|---|---|\n");
        foreach (PrinterColumnAttribute column in kind.Type.GetCustomAttributes<PrinterColumnAttribute>())
        {
            _text.Append(CultureInfo.InvariantCulture, $"| {column.Name.ToUpperInvariant()}{(column.Wide ? " (`-o wide`)" : "")} | `{column.JsonPath}` | {Escape(column.Description ?? "")} |\n");
        }
    }

    /// <summary>Its fields fit into the rows of the object that it stands in.</summary>
    private static bool IsSmall(JsonObject schema) =>
        schema["properties"]!.AsObject() is { Count: <= 3 } fields && fields.All(field => (field.Value!["items"] ?? field.Value)["properties"] is null) && !schema.ContainsKey("x-kubernetes-validations");

    private static string Description(JsonObject field)
    {
        string[] parts = ((string)field["description"]!).Split("\n\nPossible enum values:\n - ");
        string values = parts.Length == 1 ? "" : string.Concat(parts[1].Split("\n - ").Select(value => value.Split(": ", 2)).Select(value => $"<br>`{value[0]}`: {Escape(value[1])}"));
        JsonArray own = field.ContainsKey("properties") ? [] : field["x-kubernetes-validations"]?.AsArray() ?? [];
        string rules = string.Concat(own.Select(rule => $" Rule: {Escape((string)rule!["message"]!)}."));
        return Escape(StructuralSchema.WithoutHint(parts[0])) + rules + values;
    }

    /// <summary>As GitHub makes them of headings.</summary>
    private static string Anchor(string heading) => string.Concat(heading.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static string Escape(string text) => text.Replace("|", "\\|").Replace("<", "&lt;").Replace("*", "\\*").Replace("_", "\\_");
}
