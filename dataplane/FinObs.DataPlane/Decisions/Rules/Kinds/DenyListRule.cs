namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>Account, counterparty or a field of the sender stands on a list. No allow list silences it.</summary>
internal sealed class DenyListRule(RuleHead head, RuleField field, string list) : Rule(head), IListRule
{
    public static readonly RuleKind Kind = new(
        "denyList", "The {field} is on the list {list}{until}", ["amount", "field", "list", "until"],
        static (reader, head) => new DenyListRule(head, reader.Field("field"), reader.List("list")));

    public string List => list;

    public override string? Check(in RuleContext context) =>
        field.Read(context) is { } value && context.Lists.Find(list, value, context.Now) is { } entry
            ? Head.Text.Fill(("amount", context.AmountText), ("field", field.Name), ("list", list), ("until", entry.UntilText))
            : null;
}

/// <summary>A rule that reads a list.</summary>
internal interface IListRule
{
    string List { get; }
}
