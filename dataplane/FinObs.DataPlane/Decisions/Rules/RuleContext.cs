using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Ledger;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>What a rule may look at: one transaction, and its account as the one before left it. The same that features see, at the same moment.</summary>
internal readonly ref struct RuleContext(
    TransactionRow row, TransactionFacts facts, AccountBaseline baseline, RecentActivity? recent, LedgerUnits units, ListView lists, DateTimeOffset now)
{
    public TransactionRow Row { get; } = row;

    public TransactionFacts Facts { get; } = facts;

    public AccountBaseline Baseline { get; } = baseline;

    /// <summary>Without this transaction; empty where the account is new or none was named.</summary>
    public RecentActivity Recent { get; } = recent ?? RecentActivity.None;

    public LedgerUnits Units { get; } = units;

    public ListView Lists { get; } = lists;

    /// <summary>When it is decided.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The amount as people write it.</summary>
    public string AmountText => RuleAmount.Text(Row.Amount, Row.Currency);
}

/// <summary>An amount that a rule compares with.</summary>
/// <param name="Value">In <paramref name="Currency"/>.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record RuleAmount(decimal Value, string Currency)
{
    /// <summary>
    /// Of the transaction's amount to this one: negative, 0 or positive. In the same currency exact; else both in the base currency at the rate of the transaction's day. Null where no rate is known.
    /// </summary>
    public int? Compare(in RuleContext context) => string.Equals(context.Row.Currency, Currency, StringComparison.Ordinal) ? context.Row.Amount.CompareTo(Value)
        : context.Facts.AmountInBase is { } amount && InBase(context) is { } limit ? amount.CompareTo(limit)
        : null;

    public double? InBase(in RuleContext context) => context.Units.InBase(Value, Currency, context.Row.OccurredAt);

    /// <summary>In the parts that remembered transactions are kept in; null where no rate is known.</summary>
    public long? InParts(in RuleContext context) => InBase(context) is { } amount ? (long)Math.Round(amount * RecentTransaction.Parts) : null;

    public static string Text(decimal amount, string currency) => FormattableString.Invariant($"{amount:#,##0.##########} {currency}");

    public override string ToString() => Text(Value, Currency);
}
