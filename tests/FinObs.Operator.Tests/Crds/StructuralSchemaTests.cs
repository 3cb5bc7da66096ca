using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;
using FinObs.Operator.Crds;

namespace FinObs.Operator.Tests.Crds;

/// <summary>What the API server asks of a structural schema, and what we ask of ours, without a server.</summary>
public sealed class StructuralSchemaTests
{
    private static readonly string[] Keywords =
    [
        "description", "type", "format", "enum", "default", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties", "items", "properties",
        "additionalProperties", "required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-validations",
    ];

    public static TheoryData<string> Kinds => [.. ResourceKinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_value_has_a_type_and_nothing_unknown_is_kept(string kind) => Assert.All(Nodes(Root(kind), ""), node =>
    {
        Assert.Contains((string?)node.Schema["type"], (string[])["object", "array", "string", "integer", "boolean"]);
        Assert.Empty(node.Schema.Select(keyword => keyword.Key).Except(Keywords));
        Assert.False(node.Schema.ContainsKey("properties") && node.Schema.ContainsKey("additionalProperties"), node.Path);
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kubectl_explain_has_a_sentence_for_every_field(string kind) => Assert.All(
        Nodes(Root(kind), "").Where(node => !node.Path.StartsWith("metadata", StringComparison.Ordinal) && !node.Path.EndsWith("[]", StringComparison.Ordinal) && !node.Path.EndsWith(".*", StringComparison.Ordinal)),
        node => Assert.Matches(@"^[A-Z].+[.%]( A .+\.)?(\n\nPossible enum values:(\n - \w+: .+\.)+)?$", (string?)node.Schema["description"] ?? $"{node.Path} has none"));

    /// <summary>The cost of a rule is estimated from the largest value that it may see.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Everything_in_a_spec_has_a_largest_size(string kind) => Assert.All(Nodes(Root(kind), "").Where(node => node.Path.StartsWith("spec", StringComparison.Ordinal)), node =>
    {
        JsonObject schema = node.Schema;
        bool isBounded = (string?)schema["type"] switch
        {
            "string" => schema.ContainsKey("maxLength") || schema.ContainsKey("enum"),
            "array" => schema.ContainsKey("maxItems"),
            "object" => schema.ContainsKey("properties") || schema.ContainsKey("maxProperties"),
            "integer" => schema.ContainsKey("maximum"),
            _ => true,
        };
        Assert.True(isBounded, node.Path);
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_list_says_how_it_is_merged(string kind) => Assert.All(Nodes(Root(kind), "").Where(node => (string?)node.Schema["type"] == "array"), node =>
    {
        JsonObject items = node.Schema["items"]!.AsObject();
        switch ((string?)node.Schema["x-kubernetes-list-type"])
        {
            case "map":
                string key = (string)node.Schema["x-kubernetes-list-map-keys"]!.AsArray().Single()!;
                Assert.Contains(key, items["required"]!.AsArray().Select(name => (string?)name));
                break;
            case "set":
                Assert.NotEqual("object", (string?)items["type"]);
                break;
            default:
                Assert.Equal("atomic", (string?)node.Schema["x-kubernetes-list-type"]);
                break;
        }
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_pattern_is_one_that_RE2_takes(string kind) => Assert.All(
        Nodes(Root(kind), "").Select(node => (string?)node.Schema["pattern"]).OfType<string>(),
        pattern => Assert.DoesNotMatch(new Regex(@"\(\?[=!<]|\\[1-9]|\\d|\\w|\\p", RegexOptions.None, TimeSpan.FromSeconds(1)), pattern));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_a_spec_has_defaults_and_a_status_none_but_that_nobody_has_looked(string kind)
    {
        Assert.Equal("""{"observedGeneration":-1}""", Root(kind)["properties"]!["status"]!["default"]!.ToJsonString());
        Assert.DoesNotContain(Nodes(Root(kind), ""), node => node.Path.StartsWith("status.", StringComparison.Ordinal) && node.Schema.ContainsKey("default"));
    }

    [Fact]
    public void Every_rule_is_carried_over_to_where_it_stands()
    {
        HashSet<string> written =
        [
            .. from kind in ResourceKinds.All
               from node in Nodes(Root(kind.Name), "")
               from rule in node.Schema["x-kubernetes-validations"]?.AsArray() ?? []
               select $"{rule!["rule"]} {rule["message"]} {rule["fieldPath"]}",
        ];
        IEnumerable<string> declared =
            from type in typeof(CustomResource).Assembly.GetTypes()
            from member in type.GetProperties().Prepend<System.Reflection.MemberInfo>(type)
            from rule in member.GetCustomAttributes(typeof(RuleAttribute), inherit: false).Cast<RuleAttribute>()
            select $"{rule.Cel} {rule.Message} {rule.FieldPath}";
        Assert.Empty(declared.Except(written));
    }

    /// <summary>Where the error is shown must be a field of the value that the rule stands on.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_rule_shows_its_error_at_a_field_that_exists(string kind) => Assert.All(
        from node in Nodes(Root(kind), "")
        from rule in node.Schema["x-kubernetes-validations"]?.AsArray() ?? []
        where rule!["fieldPath"] is not null
        select (node.Schema, Path: (string)rule["fieldPath"]!),
        rule => Assert.NotNull(rule.Path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate<string, JsonNode?>(rule.Schema, (schema, name) => schema?["properties"]?[name])));

    /// <summary>The server looks at a default as it is written, before it fills in the defaults inside.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_default_that_rules_look_at_is_written_in_full(string kind) => Assert.DoesNotContain(
        Nodes(Root(kind), ""),
        node => node.Schema.ContainsKey("x-kubernetes-validations") && node.Schema["default"] is JsonObject { Count: 0 });

    private static JsonObject Root(string kind) =>
        CustomResourceDefinition.Of(ResourceKinds.Find(kind)!, XmlDocumentation.OfContracts())["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();

    private static IEnumerable<(string Path, JsonObject Schema)> Nodes(JsonObject schema, string path)
    {
        yield return (path, schema);
        IEnumerable<(string Path, JsonNode? Schema)> children =
        [
            .. (schema["properties"]?.AsObject() ?? []).Select(field => ($"{path}.{field.Key}".TrimStart('.'), field.Value)),
            ($"{path}[]", schema["items"]),
            ($"{path}.*", schema["additionalProperties"]),
        ];
        foreach ((string at, JsonNode? child) in children.Where(child => child.Schema is not null))
        {
            foreach ((string, JsonObject) node in Nodes(child!.AsObject(), at))
            {
                yield return node;
            }
        }
    }
}
