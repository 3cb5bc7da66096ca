namespace FinObs.DataPlane.Outbox;

/// <summary>
/// Wakes whoever waits in this process. Take <see cref="Next"/> first, look for work, and await it only when there was none: then no raise is missed. Other processes are not reached, so every waiter
/// also has a period.
/// </summary>
internal abstract class Signal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next <see cref="Raise"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Waits for <paramref name="next"/> (taken from <see cref="Next"/>), but no longer than <paramref name="atMost"/>.</summary>
    public static async Task WaitAsync(Task next, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(atMost, time, stop.Token));
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}

/// <summary>Rows were committed to the outbox.</summary>
internal sealed class OutboxSignal : Signal;

/// <summary>Events were numbered.</summary>
internal sealed class EventSignal : Signal;

/// <summary>Resources, or what follows from them, may have changed: here, or in another replica.</summary>
internal sealed class ChangeSignal : Signal;
