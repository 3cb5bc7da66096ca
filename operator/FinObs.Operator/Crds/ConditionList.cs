using System.Reflection;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Crds;

/// <summary>
/// The conditions of a kind with their reasons: the constants of its <c>…Conditions</c> and <c>…Reasons</c> and of those that every kind has. The summary of a
/// reason begins with the conditions that may have it.
/// </summary>
internal static partial class ConditionList
{
    public static IReadOnlyList<Entry> Of(ResourceKind kind, XmlDocumentation documentation)
    {
        FieldInfo[] reasons = [.. Constants(typeof(CommonReasons)), .. Constants(Companion(kind, "Reasons"))];
        (string Name, Match Summary)[] read = [.. reasons.Select(reason => ((string)reason.GetRawConstantValue()!, Summary().Match(documentation.Of(reason))))];
        return
        [
            .. from condition in Constants(Companion(kind, "Conditions")).Concat(Constants(typeof(ConditionTypes)))
               let type = (string)condition.GetRawConstantValue()!
               select new Entry(
                   type,
                   documentation.Of(condition),
                   [.. read.Where(reason => reason.Summary.Groups["type"].Captures.Any(capture => capture.Value == type)).Select(reason => new Reason(reason.Name, reason.Summary.Groups["text"].Value))]),
        ];
    }

    private static Type Companion(ResourceKind kind, string what) => kind.Type.Assembly.GetType($"{kind.Type.FullName}{what}", throwOnError: true)!;

    private static FieldInfo[] Constants(Type type) => [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).OrderBy(field => field.MetadataToken)];

    [GeneratedRegex("^(?<type>[A-Z][A-Za-z]+)(, (?<type>[A-Z][A-Za-z]+))*( unknown)?: (?<text>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Summary();

    /// <summary>A condition.</summary>
    internal sealed record Entry(string Type, string Text, IReadOnlyList<Reason> Reasons);

    /// <summary>A word that may stand as its reason.</summary>
    internal sealed record Reason(string Name, string Text);
}
