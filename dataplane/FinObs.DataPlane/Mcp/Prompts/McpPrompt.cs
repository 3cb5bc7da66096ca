using System.Text.RegularExpressions;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Mcp.Prompts;

/// <summary>The beginning of a usual job, with its arguments filled in.</summary>
/// <param name="Protocol">As clients are told of it.</param>
/// <param name="Words">What is said to the model, with <c>{argument}</c> in it.</param>
internal sealed partial record McpPrompt(Prompt Protocol, string Words)
{
    private const int LongestArgument = 2_000;

    /// <summary>What is missing or too long; null where nothing is.</summary>
    public string? Problem(IReadOnlyDictionary<string, string> given)
    {
        foreach (PromptArgument argument in Protocol.Arguments ?? [])
        {
            string value = given.GetValueOrDefault(argument.Name, "");
            if (argument.Required == true && string.IsNullOrWhiteSpace(value)) return $"{argument.Name} is missing: {argument.Description}";
            if (value.Length > LongestArgument) return $"{argument.Name} may have at most {LongestArgument} characters.";
        }

        return null;
    }

    public GetPromptResult Of(IReadOnlyDictionary<string, string> given) => new()
    {
        Description = Protocol.Description,
        Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = Argument().Replace(Words, match => given.GetValueOrDefault(match.Groups["name"].Value, "")) } }],
    };

    [GeneratedRegex("\\{(?<name>[a-z_]+)\\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Argument();
}
