using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Ledger;

namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>
/// Several transactions of one account on the same side, each from <c>atLeast</c> up to <c>upTo</c>, that together exceed <c>totalOver</c> within a window: what a limit on one transaction does not see. This one is
/// counted; it must be one of them. Exact over the last 32 transactions of the account, a lower bound beyond.
/// </summary>
internal sealed class StructuringRule(RuleHead head, RuleAmount atLeast, RuleAmount upTo, RuleAmount total, int count, TimeSpan window) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "structuring", "{count} transactions of {atLeast} to {upTo} within {window} add up to {total}", ["amount", "count", "atLeast", "upTo", "window", "total"],
        static (reader, head) => new StructuringRule(
            head, reader.Amount("atLeast"), reader.Amount("upTo"), reader.Amount("totalOver"), reader.Whole("count", 2, RecentActivity.Most + 1), reader.Duration("window", RecentActivity.Longest)));

    public override bool NeedsRecent => true;

    public override string? Check(in RuleContext context)
    {
        if (atLeast.Compare(context) is not >= 0 || upTo.Compare(context) is not <= 0
            || atLeast.InParts(context) is not { } least || upTo.InParts(context) is not { } most || total.InParts(context) is not { } limit)
        {
            return null;
        }

        RecentTransaction own = RecentTransaction.Of(context.Facts, context.Row.Currency);
        long from = own.Instant - (window.Ticks / TimeSpan.TicksPerMicrosecond);
        int found = 1;
        long sum = own.Amount;
        foreach (ref readonly RecentTransaction earlier in context.Recent.Items)
        {
            if (earlier.Instant > from && earlier.Instant <= own.Instant && earlier.Amount >= least && earlier.Amount <= most && earlier.IsCredit == own.IsCredit && Head.Scope.Has(earlier))
            {
                found++;
                sum += earlier.Amount;
            }
        }

        return found >= count && sum > limit ? Say(context, found, sum) : null;
    }

    private string Say(in RuleContext context, int found, long sum) => Head.Text.Fill(
        ("amount", context.AmountText),
        ("count", FormattableString.Invariant($"{found}")),
        ("atLeast", atLeast.ToString()),
        ("upTo", upTo.ToString()),
        ("window", RuleReader.Words(window)),
        ("total", RuleAmount.Text((decimal)sum / RecentTransaction.Parts, context.Units.Settings.BaseCurrency)));
}
