using System.Collections.Concurrent;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// Unwrapped data keys, each for ten minutes after it was read: that is how long another replica may go on with a key that was destroyed here. Full, it starts afresh; what is in use comes back in one query.
/// </summary>
internal sealed class SubjectKeyCache(TimeProvider time)
{
    /// <summary>About 250 bytes each.</summary>
    private const int Capacity = 131_072;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Namespace, string Subject), (SubjectKey Key, long ReadAt)> _keys = new();
    private int _count;

    public SubjectKey? Find(string @namespace, string subject) =>
        _keys.TryGetValue((@namespace, subject), out var entry) && time.GetElapsedTime(entry.ReadAt) < Age ? entry.Key : null;

    public void Add(string @namespace, string subject, SubjectKey key)
    {
        if (Interlocked.Increment(ref _count) > Capacity) // counts renewals too: it may only start afresh too early
        {
            _keys.Clear();
            Interlocked.Exchange(ref _count, 1);
        }
        _keys[(@namespace, subject)] = (key, time.GetTimestamp());
    }

    public void Remove(Guid keyId)
    {
        foreach (var (entry, value) in _keys)
        {
            if (value.Key.Id == keyId) _keys.TryRemove(entry, out _);
        }
    }
}
