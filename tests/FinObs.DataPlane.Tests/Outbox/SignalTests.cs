using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Outbox;

public class SignalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_raise_between_looking_and_waiting_is_not_missed()
    {
        var signal = new EventSignal();
        var next = signal.Next;
        signal.Raise();
        await Signal.WaitAsync(next, TimeSpan.FromHours(1), _time, TestContext.Current.CancellationToken);
        Assert.False(signal.Next.IsCompleted);
    }

    [Fact]
    public async Task Without_a_raise_the_wait_ends_with_its_period()
    {
        var wait = Signal.WaitAsync(new EventSignal().Next, TimeSpan.FromSeconds(1), _time, TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await wait;
    }

    [Fact]
    public async Task A_stop_ends_the_wait_at_once()
    {
        using var stop = new CancellationTokenSource();
        var wait = Signal.WaitAsync(new EventSignal().Next, TimeSpan.FromHours(1), _time, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
