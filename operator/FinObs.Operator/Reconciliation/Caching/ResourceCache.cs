using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>An object came, changed or went.</summary>
/// <param name="Before">As it was; null where it is new.</param>
/// <param name="After">As it is; null where it is gone.</param>
internal readonly record struct ResourceChange<T>(T? Before, T? After)
    where T : class;

/// <summary>
/// The newest known state of every object of one kind. It never goes back: what is older than what is here is passed over, whether
/// it comes from a late watch or from another API server. Our own writes are put in as soon as they are answered, so a reconciler
/// never sees the state before its own write.
/// </summary>
internal sealed class ResourceCache<T>(Func<T, ResourceMeta> read)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, Entry> _entries = [];
    private readonly Dictionary<string, string> _seen = [];
    private readonly List<CacheIndex<T>> _indexes = [];
    private Action<ResourceChange<T>>? _listeners;

    /// <summary>Tells of each change after it, outside the lock. Whoever listens only notes a key. All listen before the first object comes.</summary>
    public void OnChange(Action<ResourceChange<T>> listener) => _listeners += listener;

    /// <summary>An index must be there before the first object is.</summary>
    public CacheIndex<T> AddIndex(Func<T, IEnumerable<string>> values)
    {
        CacheIndex<T> index = new(this, values);
        _indexes.Add(index);
        return index;
    }

    public T? Find(ResourceKey key)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(key)?.Resource;
        }
    }

    public IReadOnlyList<T> All()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Select(entry => entry.Resource)];
        }
    }

    /// <summary>What a watch of <paramref name="scope"/> (a namespace, or empty) says is so now.</summary>
    public void Put(string scope, T resource)
    {
        ResourceMeta meta = read(resource);
        ResourceChange<T>? change;
        lock (_lock)
        {
            _seen[scope] = meta.ResourceVersion;
            change = PutNewer(resource, meta);
        }

        Raise(change);
    }

    /// <summary>What a watch of <paramref name="scope"/> says is gone.</summary>
    public void Remove(string scope, T last)
    {
        ResourceMeta meta = read(last);
        ResourceChange<T>? change = null;
        lock (_lock)
        {
            _seen[scope] = meta.ResourceVersion;
            if (_entries.TryGetValue(meta.Key, out Entry? entry) && ResourceVersions.Compare(meta.ResourceVersion, entry.Meta.ResourceVersion) >= 0)
            {
                change = Drop(entry);
            }
        }

        Raise(change);
    }

    /// <summary>A watch of <paramref name="scope"/> stands at that version.</summary>
    public void Bookmark(string scope, string version)
    {
        lock (_lock)
        {
            _seen[scope] = version;
        }
    }

    /// <summary>A list of <paramref name="scope"/>: what it does not hold is gone, unless we wrote it after the list was made.</summary>
    public void Replace(string scope, ResourceList<T> list)
    {
        List<ResourceChange<T>?> changes = [];
        lock (_lock)
        {
            _seen[scope] = list.ResourceVersion;
            HashSet<ResourceKey> listed = [];
            foreach (T resource in list.Items)
            {
                ResourceMeta meta = read(resource);
                listed.Add(meta.Key);
                changes.Add(PutNewer(resource, meta));
            }

            Entry[] missing =
            [
                .. _entries.Values.Where(entry => (scope.Length == 0 || entry.Meta.Key.Namespace == scope)
                    && !listed.Contains(entry.Meta.Key)
                    && ResourceVersions.Compare(entry.Meta.ResourceVersion, list.ResourceVersion) <= 0),
            ];
            changes.AddRange(missing.Select(entry => (ResourceChange<T>?)Drop(entry)));
        }

        changes.ForEach(Raise);
    }

    /// <summary>
    /// Our own write, as the server answered it. Where the watch is past it already, the watch knows better: the object may have
    /// been changed or deleted since.
    /// </summary>
    public void Written(T resource)
    {
        ResourceMeta meta = read(resource);
        ResourceChange<T>? change = null;
        lock (_lock)
        {
            string? seen = _seen.GetValueOrDefault(meta.Key.Namespace) ?? _seen.GetValueOrDefault("");
            if (seen is not null && ResourceVersions.Compare(meta.ResourceVersion, seen) > 0) change = PutNewer(resource, meta);
        }

        Raise(change);
    }

    internal IReadOnlyList<T> Find(IEnumerable<ResourceKey>? keys)
    {
        lock (_lock)
        {
            return [.. (keys ?? []).Select(key => _entries[key].Resource)];
        }
    }

    internal TResult Locked<TResult>(Func<TResult> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    private ResourceChange<T>? PutNewer(T resource, ResourceMeta meta)
    {
        Entry? before = _entries.GetValueOrDefault(meta.Key);
        if (before is not null && before.Meta.ResourceVersion == meta.ResourceVersion) return null;
        if (before is not null && ResourceVersions.Compare(meta.ResourceVersion, before.Meta.ResourceVersion) < 0) return null;

        if (before is not null) _indexes.ForEach(index => index.Remove(before.Meta.Key, before.Resource));
        _entries[meta.Key] = new Entry(resource, meta);
        _indexes.ForEach(index => index.Add(meta.Key, resource));
        return new ResourceChange<T>(before?.Resource, resource);
    }

    private ResourceChange<T> Drop(Entry entry)
    {
        _entries.Remove(entry.Meta.Key);
        _indexes.ForEach(index => index.Remove(entry.Meta.Key, entry.Resource));
        return new ResourceChange<T>(entry.Resource, After: null);
    }

    private void Raise(ResourceChange<T>? change)
    {
        if (change is { } happened) _listeners?.Invoke(happened);
    }

    private sealed record Entry(T Resource, ResourceMeta Meta);
}
