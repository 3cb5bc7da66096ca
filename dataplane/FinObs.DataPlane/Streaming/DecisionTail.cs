using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Streaming;

/// <summary>
/// The end of one namespace's log in memory, read once for all readers of this replica. A reader who falls behind what is kept here is not dropped: it
/// reads on in the log itself.
/// </summary>
internal sealed partial class DecisionTail(string @namespace, DecisionLog log, EventSignal events, TimeProvider time, ILogger logger)
{
    private const int PageSize = 1_000;

    /// <summary>Where no word comes of what another replica has numbered, this is how late it is seen.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly StreamedDecision[] _ring = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _from = long.MaxValue;
    private long _last = long.MaxValue;

    /// <summary>Decisions that were ever put in; the one of number n lies at n modulo the ring's size.</summary>
    private long _written;

    /// <summary>Decisions kept, about 0.8 KB each.</summary>
    public required int Kept
    {
        get => _ring.Length;
        init => _ring = new StreamedDecision[value];
    }

    /// <summary>Completes when there is more than there was. Take it, look with <see cref="TryRead"/>, then await it: so nothing is missed.</summary>
    public Task More
    {
        get
        {
            lock (_lock)
            {
                return _more.Task;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return (int)Math.Min(_written, Kept);
            }
        }
    }

    /// <summary>What follows <paramref name="after"/>, at most <paramref name="limit"/> decisions; false where that is further back than what is kept.</summary>
    public bool TryRead(long after, int limit, List<StreamedDecision> into, out long last)
    {
        lock (_lock)
        {
            last = after;
            if (after < _from)
            {
                return false;
            }

            long next = FirstAfter(after);
            for (; next < _written && into.Count < limit; next++)
            {
                into.Add(_ring[next % Kept]);
            }

            last = next < _written ? into[^1].EventId : Math.Max(after, _last);
            return true;
        }
    }

    /// <summary>Number of the first decision whose id is greater.</summary>
    private long FirstAfter(long id)
    {
        long low = Math.Max(0, _written - Kept);
        long high = _written;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (_ring[middle % Kept].EventId > id)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Task woken = events.Next;
            try
            {
                if (await ReadOnAsync(cancellationToken))
                {
                    continue;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                NotRead(logger, @namespace, exception);
            }

            await Signal.WaitAsync(woken, PollInterval, time, cancellationToken);
        }
    }

    private async Task<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        if (_last == long.MaxValue)
        {
            long end = (await log.BoundsAsync(@namespace, cancellationToken)).Last;
            TakeIn(new DecisionPage([], end));
        }

        DecisionPage page = await log.ReadAsync(@namespace, _last, PageSize, cancellationToken);
        if (page.Last == _last)
        {
            return false;
        }

        TakeIn(page);
        return true;
    }

    private void TakeIn(DecisionPage page)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            _from = _last == long.MaxValue ? page.Last : _from;
            foreach (StreamedDecision item in page.Decisions)
            {
                _from = _written >= Kept ? _ring[_written % Kept].EventId : _from;
                _ring[_written++ % Kept] = item;
            }

            _last = page.Last;
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of namespace {Namespace} cannot be read; it goes on from where it stands.")]
    private static partial void NotRead(ILogger logger, string @namespace, Exception exception);
}
