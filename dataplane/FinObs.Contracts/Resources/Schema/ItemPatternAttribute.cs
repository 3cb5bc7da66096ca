using System.Diagnostics.CodeAnalysis;

namespace FinObs.Contracts.Resources.Schema;

/// <summary>Each item of a list of texts, or each value of a map of texts, has this form.</summary>
/// <param name="pattern">A regular expression, see <see cref="Patterns"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemPatternAttribute([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) : Attribute
{
    /// <summary>The regular expression.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>The longest an item may be.</summary>
    public int MaxLength { get; init; } = 253;
}
