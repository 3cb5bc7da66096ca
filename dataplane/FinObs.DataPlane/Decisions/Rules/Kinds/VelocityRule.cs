using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Ledger;

namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>Too many transactions of one account within a window, or too much money in them. This one is counted. Exact over the last 32 transactions of the account, a lower bound beyond.</summary>
internal sealed class VelocityRule(RuleHead head, int? moreThan, RuleAmount? totalOver, TimeSpan window) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "velocity", "{count} transactions of {total} within {window}", ["amount", "count", "total", "window"],
        static (reader, head) =>
        {
            int? count = reader.WholeOrNull("moreThan", 1, RecentActivity.Most);
            RuleAmount? total = reader.AmountOrNull("totalOver");
            if (count is null && total is null)
            {
                reader.Refuse("moreThan", "is required, or totalOver, or both");
            }

            return new VelocityRule(head, count, total, reader.Duration("window", RecentActivity.Longest));
        });

    public override bool NeedsRecent => true;

    public override string? Check(in RuleContext context)
    {
        RecentTransaction own = RecentTransaction.Of(context.Facts, context.Row.Currency);
        long from = own.Instant - (window.Ticks / TimeSpan.TicksPerMicrosecond);
        int found = 1;
        long sum = Math.Max(own.Amount, 0);
        foreach (ref readonly RecentTransaction earlier in context.Recent.Items)
        {
            if (earlier.Instant > from && earlier.Instant <= own.Instant && Head.Scope.Has(earlier))
            {
                found++;
                sum += Math.Max(earlier.Amount, 0);
            }
        }

        return found > moreThan || (totalOver is not null && sum > totalOver.InParts(context)) ? Say(context, found, sum) : null;
    }

    private string Say(in RuleContext context, int found, long sum) => Head.Text.Fill(
        ("amount", context.AmountText),
        ("count", FormattableString.Invariant($"{(found > RecentActivity.Most ? "at least " : "")}{found}")),
        ("total", RuleAmount.Text((decimal)sum / RecentTransaction.Parts, context.Units.Settings.BaseCurrency)),
        ("window", RuleReader.Words(window)));
}
