namespace FinObs.Operator.Reconciliation.Queue;

/// <summary>
/// Keys that want work, in the order in which they came. A key stands in it once however often it is added; one that is being
/// worked on is not handed out again before <see cref="Done"/>, and then only if it was added meanwhile. (client-go's work queue.)
/// </summary>
internal sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Queue<TKey> _ready = [];
    private readonly HashSet<TKey> _wanted = [];
    private readonly HashSet<TKey> _busy = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly DelayedKeys<TKey> _later;
    private readonly SemaphoreSlim _available = new(0);
    private readonly Backoff _backoff;
    private readonly Jitter _jitter;

    public WorkQueue(Backoff backoff, Jitter jitter, TimeProvider time)
    {
        (_backoff, _jitter) = (backoff, jitter);
        _later = new DelayedKeys<TKey>(time, Add);
    }

    /// <summary>Keys that could be worked on now.</summary>
    public int Depth
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count;
            }
        }
    }

    public void Add(TKey key)
    {
        lock (_lock)
        {
            if (_wanted.Add(key) && !_busy.Contains(key)) MakeReady(key);
        }
    }

    /// <summary>Adds it then; where it is due earlier already, it stays so.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
        }
        else
        {
            _later.Add(key, delay);
        }
    }

    /// <summary>Adds it after a wait that grows with each failure in a row; returns the wait.</summary>
    public TimeSpan AddFailed(TKey key)
    {
        int failures;
        lock (_lock)
        {
            failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
        }

        TimeSpan wait = _backoff.Delay(failures, _jitter);
        AddAfter(key, wait);
        return wait;
    }

    /// <summary>Failures in a row so far.</summary>
    public int Failures(TKey key)
    {
        lock (_lock)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    /// <summary>It went well: the next failure is the first again.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>The next key, once there is one. Call <see cref="Done"/> after the work, whatever came of it.</summary>
    public async Task<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        await _available.WaitAsync(cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            // A key that comes just after the cancellation may still wake the waiter: it stays, and nothing new begins.
            _available.Release();
            throw new OperationCanceledException(cancellationToken);
        }

        lock (_lock)
        {
            TKey key = _ready.Dequeue();
            _wanted.Remove(key);
            _busy.Add(key);
            return key;
        }
    }

    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (_busy.Remove(key) && _wanted.Contains(key)) MakeReady(key);
        }
    }

    /// <summary>Nothing comes due any more. (The semaphore has nothing to give back, and a late release must not meet it disposed.)</summary>
    public void Dispose() => _later.Dispose();

    private void MakeReady(TKey key)
    {
        _ready.Enqueue(key);
        _available.Release();
    }
}
