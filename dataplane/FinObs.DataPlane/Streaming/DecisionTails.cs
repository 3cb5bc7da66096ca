using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Streaming;

/// <summary>One tail for each namespace that somebody reads: made with its first reader, ended with its last.</summary>
internal sealed class DecisionTails(DecisionLog log, EventSignal events, TimeProvider time, ILogger<DecisionTail> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Running> _running = [];

    public int Readers
    {
        get
        {
            lock (_lock)
            {
                return _running.Values.Sum(one => one.Readers);
            }
        }
    }

    /// <summary>Decisions that a namespace keeps in memory, about 0.8 KB each.</summary>
    public int KeptEach { get; set; } = 16_384;

    /// <summary>Decisions in memory.</summary>
    public int Kept
    {
        get
        {
            lock (_lock)
            {
                return _running.Values.Sum(one => one.Tail.Count);
            }
        }
    }

    /// <summary>The namespace's tail, for as long as the reader keeps what it gets.</summary>
    public Reader Join(string @namespace)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(@namespace, out Running? running))
            {
                CancellationTokenSource stop = new();
                DecisionTail tail = new(@namespace, log, events, time, logger) { Kept = KeptEach };
                _running[@namespace] = running = new Running(tail, stop, Task.Run(() => tail.RunAsync(stop.Token), CancellationToken.None));
            }

            running.Readers++;
            return new Reader(this, @namespace, running.Tail);
        }
    }

    private void Leave(string @namespace)
    {
        lock (_lock)
        {
            Running running = _running[@namespace];
            if (--running.Readers == 0)
            {
                _running.Remove(@namespace);
                running.Stop.Cancel();
                _ = running.Ended.ContinueWith(_ => running.Stop.Dispose(), TaskScheduler.Default);
            }
        }
    }

    /// <summary>A reader's share of a tail.</summary>
    internal sealed class Reader(DecisionTails tails, string @namespace, DecisionTail tail) : IDisposable
    {
        private bool _left;

        public DecisionTail Tail { get; } = tail;

        public void Dispose()
        {
            if (!_left)
            {
                _left = true;
                tails.Leave(@namespace);
            }
        }
    }

    private sealed class Running(DecisionTail tail, CancellationTokenSource stop, Task ended)
    {
        public DecisionTail Tail { get; } = tail;

        public CancellationTokenSource Stop { get; } = stop;

        public Task Ended { get; } = ended;

        public int Readers { get; set; }
    }
}
