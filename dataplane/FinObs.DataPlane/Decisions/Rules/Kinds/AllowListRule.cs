using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>
/// Somebody known to be in order. It silences the rules that it names, which stay among the reasons. What the model decided it lowers only as far as <c>mayLower</c> says, and never where a deny list or a rule
/// that is not silenced says otherwise.
/// </summary>
internal sealed class AllowListRule(RuleHead head, RuleField field, string list, IReadOnlyList<string> silences, Decision? mayLower) : Rule(head), IListRule
{
    public static readonly RuleKind Kind = new(
        "allowList", "The {field} is on the allow list {list}{until}", ["amount", "field", "list", "until"],
        static (reader, head) => new AllowListRule(
            head, reader.Field("field"), reader.List("list"), reader.Texts("silences"),
            reader.Choice("mayLower", ["none", "review", "block"]) switch { "review" => Decision.Review, "block" => Decision.Block, _ => null }))
    {
        HasOutcome = false,
    };

    public string List => list;

    /// <summary>Ids of the rules.</summary>
    public IReadOnlyList<string> Silences => silences;

    /// <summary>The worst decision of the model that it turns into an approval; null = none.</summary>
    public Decision? MayLower => mayLower;

    public override string? Check(in RuleContext context) =>
        field.Read(context) is { } value && context.Lists.Find(list, value, context.Now) is { } entry
            ? Head.Text.Fill(("amount", context.AmountText), ("field", field.Name), ("list", list), ("until", entry.UntilText))
            : null;
}
