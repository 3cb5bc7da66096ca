using FinObs.DataPlane.Callbacks.Store;
using Spec = FinObs.Contracts.Resources.CallbackTargets.CircuitBreaker;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>
/// Leaves a target alone that fails too often. Closed: all go. Open: none until a time. Half open: one goes, and what comes of it closes or opens the circuit again.
/// For one thread at a time.
/// </summary>
internal sealed class CircuitBreaker
{
    /// <summary>The share of failures is that of the last so many, or of <see cref="Spec.MinRequests"/> where that is more.</summary>
    private const int Window = 100;

    private readonly Queue<bool> _outcomes = new();
    private int _failures;

    public BreakerState State { get; private set; }

    public DateTimeOffset? OpenUntil { get; private set; }

    public int Consecutive { get; private set; }

    /// <summary>Goes on where another replica has stopped; what it knew of shares is not passed on.</summary>
    public void Resume(CallbackStateRow row) => (State, OpenUntil, Consecutive) = (row.Breaker, row.OpenUntil, row.Consecutive);

    /// <summary>How many may be under way at once, of <paramref name="most"/>. An open circuit whose time has come is half open.</summary>
    public int Room(int most, DateTimeOffset now, TimeSpan openFor)
    {
        // A clock that was set back would keep it open for longer than was ever meant.
        if (State == BreakerState.Open && (OpenUntil is not { } until || now >= until || until - now > openFor))
        {
            (State, OpenUntil) = (BreakerState.HalfOpen, null);
        }

        return State switch
        {
            BreakerState.Closed => most,
            BreakerState.HalfOpen => 1,
            _ => 0,
        };
    }

    /// <summary>Takes note of what came of one attempt; true where the state has changed by it.</summary>
    public bool Record(bool isSuccess, Spec spec, DateTimeOffset now)
    {
        BreakerState before = State;
        Consecutive = isSuccess ? 0 : Consecutive + 1;
        Remember(isSuccess, Math.Max(Window, spec.MinRequests));
        if (isSuccess)
        {
            // Also where the circuit is open: what was under way when it opened has arrived.
            if (State != BreakerState.Closed)
            {
                Forget();
            }

            (State, OpenUntil) = (BreakerState.Closed, null);
        }
        else if (State == BreakerState.HalfOpen || (State == BreakerState.Closed && IsTooMuch(spec)))
        {
            (State, OpenUntil) = (BreakerState.Open, now + spec.OpenFor.Value);
        }

        return State != before;
    }

    /// <summary>Somebody says that all is well again.</summary>
    public void Close()
    {
        Forget();
        (State, OpenUntil, Consecutive) = (BreakerState.Closed, null, 0);
    }

    private bool IsTooMuch(Spec spec) =>
        Consecutive >= spec.Consecutive || (_outcomes.Count >= spec.MinRequests && _failures * 100L >= (long)spec.FailureRate * _outcomes.Count);

    private void Remember(bool isSuccess, int window)
    {
        _outcomes.Enqueue(isSuccess);
        _failures += isSuccess ? 0 : 1;
        while (_outcomes.Count > window)
        {
            _failures -= _outcomes.Dequeue() ? 0 : 1;
        }
    }

    private void Forget()
    {
        _outcomes.Clear();
        _failures = 0;
    }
}
