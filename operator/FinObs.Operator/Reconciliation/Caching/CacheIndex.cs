using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>Finds the objects of a cache by something they say, e.g. the uid of their owner or the name of a Secret they refer to.</summary>
internal sealed class CacheIndex<T>(ResourceCache<T> cache, Func<T, IEnumerable<string>> values)
    where T : class
{
    private readonly Dictionary<string, HashSet<ResourceKey>> _keys = [];

    public IReadOnlyList<T> Find(string value) => cache.Locked(() => cache.Find(_keys.GetValueOrDefault(value)));

    internal void Add(ResourceKey key, T resource)
    {
        foreach (string value in values(resource))
        {
            if (!_keys.TryGetValue(value, out HashSet<ResourceKey>? keys)) _keys[value] = keys = [];
            keys.Add(key);
        }
    }

    internal void Remove(ResourceKey key, T resource)
    {
        foreach (string value in values(resource))
        {
            if (_keys.TryGetValue(value, out HashSet<ResourceKey>? keys) && keys.Remove(key) && keys.Count == 0) _keys.Remove(value);
        }
    }
}
