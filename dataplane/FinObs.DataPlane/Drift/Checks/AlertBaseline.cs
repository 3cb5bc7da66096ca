using FinObs.DataPlane.Monitoring.Windows;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>
/// Which share of transactions a version usually flags: the median of whole days' shares, so that a bad day, or the first days of a bank whose accounts have no history yet, do not decide what is usual. Where days are too few or too
/// small for that, the share of all; where all are too few, what the threshold means.
/// </summary>
internal static class AlertBaseline
{
    /// <summary>Days that a median needs.</summary>
    private const int LeastDays = 7;

    /// <summary>Transactions of a day: at a share of 1 % five of them are flagged, and a share can be told from none.</summary>
    private const int LeastOfADay = 500;

    /// <param name="hours">Hours before the window, by their beginning.</param>
    /// <param name="end">Beginning of the window: days are counted back from here.</param>
    /// <param name="least">Transactions that say anything at all.</param>
    /// <param name="meant">What the threshold means.</param>
    public static double Of(IReadOnlyList<(DateTimeOffset Start, DecisionKinds Kinds)> hours, DateTimeOffset end, int least, double meant)
    {
        DecisionKinds all = Sum(hours.Select(hour => hour.Kinds));
        if (all.Rows < least)
        {
            return meant;
        }

        double[] days = [.. hours.GroupBy(hour => (int)((end - hour.Start - TimeSpan.FromTicks(1)) / TimeSpan.FromDays(1))).Select(day => Sum(day.Select(hour => hour.Kinds))).Where(day => day.Rows >= LeastOfADay).Select(day => day.AlertRate).Order()];
        return days.Length < LeastDays ? all.AlertRate : (days[(days.Length - 1) / 2] + days[days.Length / 2]) / 2;
    }

    private static DecisionKinds Sum(IEnumerable<DecisionKinds> kinds) =>
        kinds.Aggregate(default(DecisionKinds), (sum, one) => new DecisionKinds(sum.Approved + one.Approved, sum.Review + one.Review, sum.Blocked + one.Blocked));
}
