using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using Spec = FinObs.Contracts.Resources.CallbackTargets.CircuitBreaker;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan OpenFor = new Spec().OpenFor.Value;

    [Fact]
    public void It_opens_after_so_many_failures_in_a_row_and_closes_by_one_success()
    {
        CircuitBreaker breaker = new();
        Record(breaker, new Spec { FailureRate = 100, MinRequests = 100, Consecutive = 3 }, true, false, false);
        Assert.Equal(BreakerState.Closed, breaker.State);
        Record(breaker, new Spec { FailureRate = 100, MinRequests = 100, Consecutive = 3 }, false);
        Assert.Equal((BreakerState.Open, 0), (breaker.State, breaker.Room(20, Now, OpenFor)));

        Assert.Equal((1, BreakerState.HalfOpen), (breaker.Room(20, Now + OpenFor, OpenFor), breaker.State));
        Record(breaker, new Spec(), true);
        Assert.Equal((20, BreakerState.Closed), (breaker.Room(20, Now, OpenFor), breaker.State));
    }

    [Fact]
    public void It_opens_by_the_share_of_failures_among_enough()
    {
        CircuitBreaker breaker = new();
        Spec spec = new() { FailureRate = 50, MinRequests = 4, Consecutive = 100 };
        Record(breaker, spec, false, true, false);
        Assert.Equal(BreakerState.Closed, breaker.State);
        Record(breaker, spec, false);
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void A_failed_trial_opens_it_again()
    {
        CircuitBreaker breaker = new();
        breaker.Resume(new CallbackStateRow { Namespace = "default", Target = "siem", Breaker = BreakerState.Open, OpenUntil = Now, Consecutive = 10 });
        Assert.Equal(1, breaker.Room(20, Now, OpenFor));
        Record(breaker, new Spec(), false);
        Assert.Equal((BreakerState.Open, Now + OpenFor), (breaker.State, breaker.OpenUntil!.Value));
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_keep_it_open()
    {
        CircuitBreaker breaker = new();
        breaker.Resume(new CallbackStateRow { Namespace = "default", Target = "siem", Breaker = BreakerState.Open, OpenUntil = Now + TimeSpan.FromDays(1) });
        Assert.Equal(1, breaker.Room(20, Now, OpenFor));
    }

    private static void Record(CircuitBreaker breaker, Spec spec, params bool[] outcomes)
    {
        foreach (bool isSuccess in outcomes)
        {
            breaker.Record(isSuccess, spec, Now);
        }
    }
}
