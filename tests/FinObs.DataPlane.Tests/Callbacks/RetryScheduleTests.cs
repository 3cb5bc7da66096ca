using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class RetryScheduleTests
{
    [Fact]
    public void By_default_it_is_tried_quickly_three_times_and_then_for_days()
    {
        RetrySchedule schedule = new(new CallbackDelivery { Jitter = 0 });
        TimeSpan[] delays = [.. Enumerable.Range(1, 20).Select(attempt => schedule.After(attempt, null, 0.5)).OfType<TimeSpan>()];
        Assert.Equal(TimeSpan.FromSeconds(1), delays[0]);
        Assert.Equal(TimeSpan.FromSeconds(2), delays[1]);
        Assert.Equal(11, delays.Length);
        Assert.InRange(delays.Aggregate((sum, delay) => sum + delay), TimeSpan.FromDays(3), TimeSpan.FromDays(4));
    }

    [Fact]
    public void Jitter_moves_a_delay_by_up_to_its_share()
    {
        RetrySchedule schedule = new(new CallbackDelivery { Schedule = [Duration.Seconds(100)], Jitter = 0.2m });
        Assert.Equal(80, schedule.After(1, null, 0)!.Value.TotalSeconds, 6);
        Assert.Equal(120, schedule.After(1, null, 1)!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void Patience_that_is_asked_for_is_had_within_reason()
    {
        RetrySchedule schedule = new(new CallbackDelivery { Jitter = 0 });
        Assert.Equal(TimeSpan.FromMinutes(7), schedule.After(1, TimeSpan.FromMinutes(7), 0.5));
        Assert.Equal(TimeSpan.FromSeconds(1), schedule.After(1, TimeSpan.Zero, 0.5));
        Assert.Equal(TimeSpan.FromHours(24), schedule.After(1, TimeSpan.FromDays(1000), 0.5));
        Assert.Null(schedule.After(12, TimeSpan.FromMinutes(7), 0.5));
    }

    [Fact]
    public void A_bucket_gives_no_more_than_its_rate()
    {
        FakeTimeProvider time = new();
        TokenBucket bucket = new(time);
        int taken = 0;
        for (int i = 0; i < 10_000; i++)
        {
            taken += bucket.Take(50) == TimeSpan.Zero ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(taken, 499, 505);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(2, 2)]
    [InlineData(100, 128)]
    [InlineData(20_000, 23_170)]
    public void A_bucket_of_durations_ends_at_most_two_fifths_above(double milliseconds, int upper) =>
        Assert.Equal(upper, LatencyBuckets.UpperMs(LatencyBuckets.Of(TimeSpan.FromMilliseconds(milliseconds))));
}
