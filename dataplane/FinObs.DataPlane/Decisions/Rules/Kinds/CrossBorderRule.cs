namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>From an amount on, to or from a country that is not one of ours. Without the field it says nothing.</summary>
internal sealed class CrossBorderRule(RuleHead head, RuleAmount amount, RuleField field, IReadOnlyList<string> home) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "crossBorder", "{amount} across the border: {country}", ["amount", "field", "country", "limit"],
        static (reader, head) => new CrossBorderRule(head, reader.Amount("amount"), reader.Field("field"), reader.Countries("home")));

    public override string? Check(in RuleContext context) =>
        amount.Compare(context) is < 0 || field.IsMissing(context) || field.ReadOneOf(context, home) is not null ? null
        : Head.Text.Fill(("amount", context.AmountText), ("field", field.Name), ("country", field.Read(context) ?? "?"), ("limit", amount.ToString()));
}
