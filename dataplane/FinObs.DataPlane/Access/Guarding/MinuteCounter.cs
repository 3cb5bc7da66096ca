using System.Collections.Concurrent;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>Counts by name within the running minute; all start anew with the next one.</summary>
internal sealed class MinuteCounter(TimeProvider time)
{
    /// <summary>Names beyond that share one count: whoever sends from a million addresses cannot fill the memory.</summary>
    private const int MostNames = 50_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private ConcurrentDictionary<string, Counted> _counts = new(StringComparer.Ordinal);
    private long _startedAt = time.GetTimestamp();

    /// <summary>One more; how many there are now.</summary>
    public int Add(string name) => Interlocked.Increment(ref Of(name).Count);

    public int CountOf(string name)
    {
        Turn();
        return _counts.TryGetValue(Key(name), out Counted? counted) ? Volatile.Read(ref counted.Count) : 0;
    }

    /// <summary>Whole seconds until the counts start anew; at least 1.</summary>
    public int SecondsLeft() => Math.Max(1, (int)Math.Ceiling((Minute - time.GetElapsedTime(Volatile.Read(ref _startedAt))).TotalSeconds));

    private Counted Of(string name)
    {
        Turn();
        return _counts.GetOrAdd(Key(name), static _ => new Counted());
    }

    private string Key(string name) => _counts.Count < MostNames || _counts.ContainsKey(name) ? name : "";

    private void Turn()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _startedAt)) < Minute) return;
        lock (_gate)
        {
            if (time.GetElapsedTime(_startedAt) < Minute) return;
            _counts = new ConcurrentDictionary<string, Counted>(StringComparer.Ordinal);
            Volatile.Write(ref _startedAt, time.GetTimestamp());
        }
    }

    private sealed class Counted
    {
        public int Count;
    }
}
