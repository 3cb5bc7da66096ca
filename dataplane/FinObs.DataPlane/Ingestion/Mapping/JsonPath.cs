using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;

namespace FinObs.DataPlane.Ingestion.Mapping;

/// <summary>
/// A path to one value: the part of JSONPath (RFC 9535) that names one, <c>$.data.items[0].id</c>, as <see cref="Patterns.JsonPath"/> has it. No wildcards, filters
/// or slices: a field of a transaction is one value.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly Step[] _steps;

    private JsonPath(string text, Step[] steps)
    {
        Text = text;
        _steps = steps;
    }

    public static JsonPath Root { get; } = new("$", []);

    public string Text { get; }

    public int Length => _steps.Length;

    /// <exception cref="FormatException">It has another form; the message says which is meant.</exception>
    public static JsonPath Parse(string text)
    {
        if (!Whole().IsMatch(text))
        {
            throw new FormatException($"{text} is no path to one value: write it like $.data.items[0].id.");
        }

        return new JsonPath(text, [.. Part().Matches(text).Select(part => part.Groups["name"] is { Success: true } name
            ? new Step(name.Value, -1)
            : new Step(null, int.Parse(part.Groups["index"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)))]);
    }

    /// <summary>The value there, where there is one and it is not null.</summary>
    public bool TryFind(JsonElement root, out JsonElement value)
    {
        value = root;
        foreach (Step step in _steps)
        {
            if (step.Name is { } name ? value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value) : !TryIndex(ref value, step.Index))
            {
                return false;
            }
        }

        return value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }

    /// <summary>Whether its step at this depth is that name.</summary>
    public bool HasName(int depth, string? name) => _steps[depth].Name is { } own && own == name;

    /// <summary>Whether its step at this depth is that place of an array.</summary>
    public bool HasIndex(int depth, int index) => _steps[depth].Name is null && _steps[depth].Index == index;

    public override string ToString() => Text;

    private static bool TryIndex(ref JsonElement value, int index)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= index)
        {
            return false;
        }

        value = value[index];
        return true;
    }

    // Eight digits fit an int, and no array is longer.
    [GeneratedRegex(@"\A\$(\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,8}\])*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\.(?<name>[A-Za-z_][A-Za-z0-9_-]*)|\[(?<index>[0-9]+)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Part();

    private readonly record struct Step(string? Name, int Index);
}
