using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Pulls.Schedule;

namespace FinObs.DataPlane.Tests.Pulls;

public sealed class RunTimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_source_with_an_interval_runs_at_once_and_then_after_it() =>
        Assert.Equal((Now, Now.AddMinutes(5)), (Of(new PullSchedule { Interval = Duration.Minutes(5), Jitter = 0 }).First(Now), Of(new PullSchedule { Interval = Duration.Minutes(5), Jitter = 0 }).Next(Now, Now)));

    [Fact]
    public void A_run_that_took_longer_than_the_interval_is_followed_at_once() =>
        Assert.Equal(Now, Of(new PullSchedule { Interval = Duration.Minutes(5), Jitter = 0 }).Next(Now.AddHours(-1), Now));

    [Theory]
    [InlineData("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")] // 02:30 is skipped: at the jump to 03:00 CEST
    [InlineData("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z")] // 02:30 CEST; the second 02:30 of that night is passed over
    [InlineData("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    public void A_daily_run_follows_the_clocks_of_its_zone(string after, string next) => Assert.Equal(
        At(next), Of(new PullSchedule { Cron = "30 2 * * *", TimeZone = "Europe/Berlin", Jitter = 0 }).Next(At(after), At(after)));

    [Fact]
    public void Runs_missed_while_nothing_ran_are_made_up_for_by_one() => Assert.Equal(
        At("2026-01-16T02:30:00Z"), Of(new PullSchedule { Cron = "30 2 * * *", Jitter = 0 }).Next(Now.AddDays(-20), Now));

    [Fact]
    public void Sources_are_put_off_by_different_shares_and_each_run_always_by_the_same()
    {
        DateTimeOffset[] next = [.. Enumerable.Range(0, 50).Select(i => Of(new PullSchedule { Interval = Duration.Minutes(10), Jitter = 0.5m }, $"s-{i}").Next(Now, Now))];
        Assert.All(next, time => Assert.InRange(time, Now.AddMinutes(10), Now.AddMinutes(15)));
        Assert.True(next.Distinct().Count() > 40);
        Assert.Equal(next[0], Of(new PullSchedule { Interval = Duration.Minutes(10), Jitter = 0.5m }, "s-0").Next(Now, Now));
    }

    [Fact]
    public void Failures_put_the_next_run_off_twice_as_long_each_time_up_to_the_most()
    {
        RunTimes times = Of(new PullSchedule { Interval = Duration.Minutes(5) });
        Assert.Equal([10, 20, 40], Enumerable.Range(1, 3).Select(failures => (int)(times.AfterFailure(failures, Now, null) - Now).TotalSeconds));
        Assert.Equal(Now.AddHours(1), times.AfterFailure(12, Now, null));
        Assert.Equal(Now.AddHours(1), times.AfterFailure(1000, Now, null));
        Assert.Equal(Now.AddHours(2), times.AfterFailure(1, Now, TimeSpan.FromHours(2)));
        Assert.Equal(Now.AddDays(1), times.AfterFailure(1, Now, TimeSpan.FromDays(400)));
        Assert.Equal(Now.AddSeconds(10), times.AfterFailure(1, Now, TimeSpan.FromHours(-2)));
    }

    [Fact]
    public void A_date_that_never_comes_is_far_away() => Assert.Equal(4000, Of(new PullSchedule { Cron = "0 0 30 2 *" }).First(Now).Year);

    [Theory]
    [InlineData("2026-01-02T10:00:00Z", "2026-01-02T09:58:00Z")]
    [InlineData("2026-01-02T10:00:00.5+01:00", "2026-01-02T08:58:00.5Z")]
    [InlineData("1767348000", "1767347880")]
    [InlineData("1767348000000", "1767347880000")]
    [InlineData("4711", "4711")]
    [InlineData("abc", "abc")]
    public void A_watermark_goes_back_by_the_overlap_where_it_is_a_time(string mark, string before) => Assert.Equal(before, Watermarks.Before(mark, TimeSpan.FromMinutes(2)));

    [Theory]
    [InlineData("9", "10", "10")]
    [InlineData("2026-01-02T10:00:00+02:00", "2026-01-02T09:00:00Z", "2026-01-02T09:00:00Z")]
    [InlineData("b", "a", "b")]
    [InlineData(null, "a", "a")]
    [InlineData("a", null, "a")]
    public void The_newer_of_two_is_the_later_time_or_the_larger_number(string? one, string? other, string? newer) => Assert.Equal(newer, Watermarks.Newer(one, other));

    private static RunTimes Of(PullSchedule schedule, string source = "s") => RunTimes.Of(
        source, new PullSourceSpec { Url = "https://example.com", Schedule = schedule, Mapping = new Dictionary<string, string>() });

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
