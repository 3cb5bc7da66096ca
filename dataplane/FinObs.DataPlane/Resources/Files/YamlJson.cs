using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>
/// YAML as JSON, by the rules that <c>kubectl</c> follows: plain <c>0.99</c> is a number and <c>yes</c> a truth value, whatever is in quotes is text. So the
/// same file means the same here as there.
/// </summary>
internal static partial class YamlJson
{
    private const int DeepestNesting = 64;
    private const string NamesAreText = "the name of a field must be text";

    /// <summary>Aliases are copied out: a few lines of them can stand for gigabytes.</summary>
    private const int MostNodes = 100_000;

    /// <summary>The first document of a text; null where it is empty.</summary>
    /// <exception cref="YamlException">It is no YAML, or has no JSON form; the message is for people.</exception>
    public static YamlNode? Parse(string text)
    {
        CheckNesting(text);
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        if (stream.Documents.Count > 1)
        {
            Mark second = stream.Documents[1].RootNode.Start;
            throw new YamlException(second, second, "another document must begin with a line ---");
        }

        return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
    }

    /// <exception cref="YamlException">It has no JSON form.</exception>
    public static JsonNode? ToJson(YamlNode node)
    {
        int nodes = 0;
        return ToJson(node, 0, ref nodes);
    }

    /// <summary>The line, from 1, of the innermost node on a path like <c>spec.rollout.steps[0].setWeight</c> that is there.</summary>
    public static int LineOf(YamlNode root, string path)
    {
        long line = root.Start.Line;
        YamlNode node = root;
        foreach (Match step in Step().Matches(path))
        {
            if (step.Groups["index"] is { Success: true, Value: var index } && node is YamlSequenceNode list && int.Parse(index, CultureInfo.InvariantCulture) < list.Children.Count)
            {
                node = list.Children[int.Parse(index, CultureInfo.InvariantCulture)];
                line = node.Start.Line;
            }
            else if (node is YamlMappingNode map && map.Children.Keys.OfType<YamlScalarNode>().FirstOrDefault(key => key.Value == step.Value) is { } name)
            {
                (node, line) = (map.Children[name], name.Start.Line);
            }
            else
            {
                break;
            }
        }

        return (int)line;
    }

    private static JsonNode? ToJson(YamlNode node, int depth, ref int nodes)
    {
        if (++nodes > MostNodes || depth > DeepestNesting)
        {
            throw new YamlException(node.Start, node.End, $"more than {MostNodes:N0} values, aliases copied out, or nested deeper than {DeepestNesting}");
        }

        switch (node)
        {
            case YamlScalarNode scalar:
                return Scalar(scalar);
            case YamlSequenceNode list:
                JsonArray array = [];
                foreach (YamlNode item in list.Children)
                {
                    array.Add(ToJson(item, depth + 1, ref nodes));
                }

                return array;
            case YamlMappingNode map:
                JsonObject json = [];
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                    {
                        throw new YamlException(key.Start, key.End, NamesAreText);
                    }

                    // The same name in quotes and without is the same field.
                    if (!json.TryAdd(name, ToJson(value, depth + 1, ref nodes)))
                    {
                        throw new YamlException(key.Start, key.End, $"the field {name} stands here twice");
                    }
                }

                return json;
            default:
                throw new YamlException(node.Start, node.End, "has no JSON form");
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        bool isPlain = scalar.Style == ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific);
        return (isPlain ? text : "\"") switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            var plain when Whole().IsMatch(plain) && long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
            var plain when Hexadecimal().IsMatch(plain) && long.TryParse(plain.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long whole) => whole,
            var plain when Octal().IsMatch(plain) => Convert.ToInt64(plain.Replace("o", "", StringComparison.Ordinal), 8),
            var plain when Real().IsMatch(plain) && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) => real,
            _ => text,
        };
    }

    /// <summary>
    /// Before anything that calls itself: a thousand brackets must not end the process, nor a name that is a list which holds itself, which would be hashed.
    /// </summary>
    private static void CheckNesting(string text)
    {
        Parser parser = new(new StringReader(text));
        Stack<bool?> isNameNext = [];
        while (parser.MoveNext())
        {
            ParsingEvent now = parser.Current!;
            if (now is MappingEnd or SequenceEnd)
            {
                isNameNext.Pop();
                continue;
            }

            if ((now is NodeEvent or AnchorAlias) && isNameNext.TryPop(out bool? isName))
            {
                isNameNext.Push(isName is true && now is not YamlDotNet.Core.Events.Scalar ? throw new YamlException(now.Start, now.End, NamesAreText) : !isName);
            }

            if (now is MappingStart or SequenceStart)
            {
                isNameNext.Push(now is MappingStart ? true : null);
            }

            if (isNameNext.Count > DeepestNesting)
            {
                throw new YamlException(now.Start, now.End, $"nested deeper than {DeepestNesting}");
            }
        }
    }

    [GeneratedRegex(@"[^.\[\]]+(?=\.|\[|$)|\[(?<index>[0-9]+)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^0x[0-9a-fA-F]{1,15}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^0o?[0-7]{1,20}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Real();
}
