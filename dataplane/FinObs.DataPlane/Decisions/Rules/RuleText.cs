using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>A sentence with places for numbers: <c>{amount} is over {limit}</c>. Filled only where a rule hits.</summary>
internal sealed partial class RuleText(string template)
{
    public string Template { get; } = template;

    /// <summary>Names of the places.</summary>
    public IEnumerable<string> Places => Place().Matches(Template).Select(match => match.Groups["name"].Value);

    public string Fill(params ReadOnlySpan<(string Name, string Value)> values)
    {
        string text = Template;
        foreach ((string name, string value) in values)
        {
            text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }

        return text;
    }

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}
