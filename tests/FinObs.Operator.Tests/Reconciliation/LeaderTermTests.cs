using System.ComponentModel.DataAnnotations;
using FinObs.Operator.Reconciliation.Leadership;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.Operator.Tests.Reconciliation;

public sealed class LeaderTermTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_term_ends_its_length_after_the_last_renewal_was_sent()
    {
        using LeaderTerm term = new(_time, Length, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(6));
        long sent = _time.GetTimestamp();
        // The answer took three seconds: they count as ours.
        _time.Advance(TimeSpan.FromSeconds(3));
        term.Renewed(sent);
        _time.Advance(TimeSpan.FromSeconds(6.999));
        Assert.False(term.IsOver);
        Assert.False(term.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(term.IsOver);
        Assert.True(term.Lost.IsCancellationRequested);
    }

    [Fact]
    public void A_term_that_is_over_is_not_renewed()
    {
        using LeaderTerm term = new(_time, Length, _time.GetTimestamp());
        _time.Advance(Length);
        term.Renewed(_time.GetTimestamp());
        Assert.True(term.IsOver);
    }

    [Fact]
    public void An_acquisition_whose_answer_came_too_late_is_over_at_once()
    {
        long sent = _time.GetTimestamp();
        _time.Advance(Length);
        using LeaderTerm term = new(_time, Length, sent);
        Assert.True(term.IsOver);
    }

    /// <summary>As after a long pause of the process: no timer has run yet, the clock has.</summary>
    [Fact]
    public void The_clock_counts_where_the_timer_is_late()
    {
        StuckTimers time = new();
        using LeaderTerm term = new(time, Length, time.GetTimestamp());
        WriteFence fence = new();
        fence.Open(term);
        fence.Pass();
        time.Now += (long)Length.TotalSeconds;
        Assert.False(term.Lost.IsCancellationRequested);
        Assert.Throws<NotLeadingException>(() => fence.Pass());
    }

    [Fact]
    public void The_fence_is_closed_before_the_first_term_and_after_the_last()
    {
        WriteFence fence = new();
        Assert.Throws<NotLeadingException>(() => fence.Pass());
        using LeaderTerm term = new(_time, Length, _time.GetTimestamp());
        fence.Open(term);
        Assert.Equal(term.Lost, fence.Pass());
        fence.Close();
        Assert.Throws<NotLeadingException>(() => fence.Pass());
    }

    [Theory]
    [InlineData("00:00:15", "00:00:10", "00:00:02", true)]
    [InlineData("00:00:10", "00:00:10", "00:00:02", false)]
    [InlineData("00:00:15", "00:00:10", "00:00:06", false)]
    public void Times_by_which_two_could_act_at_once_are_refused(string lease, string renew, string retry, bool isGood)
    {
        LeaderOptions options = new() { LeaseDuration = TimeSpan.Parse(lease), RenewDeadline = TimeSpan.Parse(renew), RetryPeriod = TimeSpan.Parse(retry) };
        Assert.Equal(isGood, !options.Validate(new ValidationContext(options)).Any());
    }

    private sealed class StuckTimers : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Stuck();

        private sealed class Stuck : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
