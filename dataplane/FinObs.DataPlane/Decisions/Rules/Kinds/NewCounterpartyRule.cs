using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>
/// From an amount on, to a counterparty that the account has not dealt with among its last 32 different ones. An account without history knows nobody, so every counterparty is new to it. Known are fingerprints of
/// 16 bits: a stranger passes for known once in 2,000 times.
/// </summary>
internal sealed class NewCounterpartyRule(RuleHead head, RuleAmount amount) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "newCounterparty", "{amount} to a counterparty that is new to the account", ["amount", "limit"],
        static (reader, head) => new NewCounterpartyRule(head, reader.Amount("amount")));

    public override string? Check(in RuleContext context) =>
        context.Row.CounterpartyId is not null && context.Row.AccountId is not null && context.Baseline.Counterparty != CounterpartyKnowledge.Known && amount.Compare(context) is not < 0
            ? Head.Text.Fill(("amount", context.AmountText), ("limit", amount.ToString()))
            : null;
}
