namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>One transaction over an amount, or from an amount on. An amount that cannot be compared for want of an exchange rate hits too: nobody may slip through by a currency.</summary>
internal sealed class AmountLimitRule(RuleHead head, RuleAmount limit, bool isFromOn) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "amountLimit", "{amount} is {comparison} the limit of {limit}", ["amount", "comparison", "limit"],
        static (reader, head) => new AmountLimitRule(head, reader.Amount("amount"), reader.Choice("compare", ["over", "atLeast"]) == "atLeast"));

    public override string? Check(in RuleContext context)
    {
        int? order = limit.Compare(context);
        return order is null ? Unknown(context, limit)
            : order > 0 || (isFromOn && order == 0) ? Head.Text.Fill(("amount", context.AmountText), ("comparison", isFromOn ? "at or over" : "over"), ("limit", limit.ToString()))
            : null;
    }

    public static string Unknown(in RuleContext context, RuleAmount limit) =>
        $"{context.AmountText} cannot be compared with {limit}: no exchange rate of {context.Row.Currency} is known";
}
