namespace FinObs.Operator.Reconciliation.Queue;

/// <summary>Keys that are due later; one timer for the earliest of them.</summary>
internal sealed class DelayedKeys<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, long> _due = [];
    private readonly PriorityQueue<TKey, long> _order = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey> _release;
    private readonly ITimer _timer;
    private bool _disposed;

    public DelayedKeys(TimeProvider time, Action<TKey> release)
    {
        (_time, _release) = (time, release);
        _timer = time.CreateTimer(_ => ReleaseDue(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where the key is due earlier already, it stays so.</summary>
    public void Add(TKey key, TimeSpan delay)
    {
        long due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            if (_disposed || (_due.TryGetValue(key, out long earlier) && earlier <= due)) return;
            _due[key] = due;
            _order.Enqueue(key, due);
            SetTimer();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void ReleaseDue()
    {
        List<TKey> due = [];
        lock (_lock)
        {
            if (_disposed) return;
            while (_order.TryPeek(out TKey? key, out long at) && at <= _time.GetTimestamp())
            {
                _order.Dequeue();
                // An entry that an earlier one has overtaken is passed over.
                if (_due.TryGetValue(key, out long wanted) && wanted == at)
                {
                    _due.Remove(key);
                    due.Add(key);
                }
            }

            SetTimer();
        }

        due.ForEach(_release);
    }

    private void SetTimer()
    {
        if (_order.TryPeek(out _, out long at))
        {
            TimeSpan wait = _time.GetElapsedTime(_time.GetTimestamp(), at);
            // Rounded up to the timer's own step, or it would fire a moment too early and be set again for nothing.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }
}
