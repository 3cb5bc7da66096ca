using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FinObs.Operator.Tests.Resources;

/// <summary>YAML as JSON, as far as manifests go.</summary>
internal static class YamlDocuments
{
    public static IReadOnlyList<JsonObject> Read(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return [.. Parse(reader).Select(document => document!.AsObject())];
    }

    public static IEnumerable<JsonNode?> Parse(TextReader text)
    {
        YamlStream yaml = [];
        yaml.Load(text);
        return yaml.Documents.Select(document => Json(document.RootNode));
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(field => KeyValuePair.Create(((YamlScalarNode)field.Key).Value!, Json(field.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } boolean => boolean.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain } plain when long.TryParse(plain.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
