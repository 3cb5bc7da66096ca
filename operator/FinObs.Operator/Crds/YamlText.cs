using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace FinObs.Operator.Crds;

/// <summary>JSON as YAML for people: the same value to every YAML 1.1 and 1.2 reader.</summary>
internal static partial class YamlText
{
    private static readonly ISerializer Serializer = new SerializerBuilder().DisableAliases().Build();

    public static string Of(JsonNode value) => Serializer.Serialize(Node(value)).ReplaceLineEndings("\n");

    private static YamlNode Node(JsonNode? value) => value switch
    {
        JsonObject mapping => new YamlMappingNode(mapping.Select(field => KeyValuePair.Create<YamlNode, YamlNode>(Text(field.Key), Node(field.Value)))),
        JsonArray sequence => new YamlSequenceNode(sequence.Select(Node)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Text(text.GetValue<string>()),
        JsonValue other => new YamlScalarNode(other.ToJsonString()) { Style = ScalarStyle.Plain },
        _ => new YamlScalarNode("null") { Style = ScalarStyle.Plain },
    };

    private static YamlScalarNode Text(string text) => new(text)
    {
        Style = Paragraphs().IsMatch(text) ? ScalarStyle.Literal : text.Contains('\n') || ReadsAsAnotherType().IsMatch(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any,
    };

    /// <summary>Several lines, without white space at either end, which a block would lose or be confused by.</summary>
    [GeneratedRegex(@"^\S[^\n]*\n.*\S\z", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Paragraphs();

    /// <summary>Words that YAML 1.1 takes for null or a boolean, and everything that begins like a number or a date.</summary>
    [GeneratedRegex("^(|~|null|true|false|yes|no|on|off|y|n|[-+.]?[0-9].*|[-+]?\\.(inf|nan))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReadsAsAnotherType();
}
