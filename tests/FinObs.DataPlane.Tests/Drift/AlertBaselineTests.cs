using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Monitoring.Windows;

namespace FinObs.DataPlane.Tests.Drift;

public sealed class AlertBaselineTests
{
    private static readonly DateTimeOffset End = new(2026, 3, 1, 5, 0, 0, TimeSpan.Zero);

    [Fact]
    public void First_days_without_histories_do_not_decide_what_is_usual() =>
        Assert.Equal(0.01, AlertBaseline.Of(Days([.. Enumerable.Repeat(10, 25), 300, 300, 300], 1_000), End, 1_000, 0.5), 9);

    [Fact]
    public void Few_days_count_together() => Assert.Equal(0.02, AlertBaseline.Of(Days([10, 30], 1_000), End, 1_000, 0.5), 9);

    [Fact]
    public void Small_days_count_together() => Assert.Equal(0.1, AlertBaseline.Of(Days([.. Enumerable.Repeat(10, 10)], 100), End, 1_000, 0.5), 9);

    [Fact]
    public void Too_few_say_nothing_against_the_threshold() => Assert.Equal(0.5, AlertBaseline.Of(Days([10], 900), End, 1_000, 0.5));

    /// <summary>So many flagged a day, the last day first, all within one hour of it.</summary>
    private static List<(DateTimeOffset Start, DecisionKinds Kinds)> Days(int[] flagged, int ofADay) =>
        [.. flagged.Select((count, day) => (End.AddDays(-day).AddHours(-1), new DecisionKinds(ofADay - count, count, 0)))];
}
