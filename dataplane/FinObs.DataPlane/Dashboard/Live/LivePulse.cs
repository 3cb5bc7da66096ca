using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Streaming;

namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>One broadcaster a replica: a line for each namespace that somebody watches, begun with its first watcher and ended with its last.</summary>
internal sealed class LivePulse(DecisionLog log, DecisionTails tails, StoredTransactions stored, PiiGuard guard, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<LivePulse> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watched> _lines = [];

    public int Watchers
    {
        get
        {
            lock (_gate)
            {
                return _lines.Values.Sum(line => line.Watchers.Count);
            }
        }
    }

    /// <summary>Calls <paramref name="told"/> at most once a second until the answer is disposed of; at once where there is a snapshot. It must not block.</summary>
    public IDisposable Watch(string @namespace, Action<PulseSnapshot> told)
    {
        Watcher watcher = new(this, @namespace, told);
        PulseSnapshot? last;
        lock (_gate)
        {
            if (!_lines.TryGetValue(@namespace, out Watched? line))
            {
                CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
                _lines[@namespace] = line = new Watched(stop);
                PulseLine pulse = new(@namespace, log, tails, stored, guard, time, snapshot => Tell(line, snapshot), logger);
                line.Running = Task.Run(() => pulse.RunAsync(stop.Token), CancellationToken.None);
            }

            line.Watchers.Add(watcher);
            last = line.Last;
        }

        if (last is not null)
        {
            told(last);
        }

        return watcher;
    }

    private void Tell(Watched line, PulseSnapshot snapshot)
    {
        Watcher[] watchers;
        lock (_gate)
        {
            line.Last = snapshot;
            watchers = [.. line.Watchers];
        }

        foreach (Watcher watcher in watchers)
        {
            watcher.Told(snapshot);
        }
    }

    private void Leave(Watcher watcher)
    {
        lock (_gate)
        {
            if (_lines.TryGetValue(watcher.Namespace, out Watched? line) && line.Watchers.Remove(watcher) && line.Watchers.Count == 0)
            {
                _lines.Remove(watcher.Namespace);
                line.Stop.Cancel();
                _ = line.Running.ContinueWith(_ => line.Stop.Dispose(), TaskScheduler.Default);
            }
        }
    }

    private sealed class Watcher(LivePulse pulse, string @namespace, Action<PulseSnapshot> told) : IDisposable
    {
        public string Namespace { get; } = @namespace;

        public Action<PulseSnapshot> Told { get; } = told;

        public void Dispose() => pulse.Leave(this);
    }

    private sealed class Watched(CancellationTokenSource stop)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public List<Watcher> Watchers { get; } = [];

        public PulseSnapshot? Last { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
