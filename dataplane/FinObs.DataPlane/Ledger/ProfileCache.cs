using System.Diagnostics.CodeAnalysis;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Ledger;

internal readonly record struct AccountKey(string Namespace, string AccountId);

/// <summary>A committed profile, its version, and the last transactions where rules look at them. The profile is never changed: work is done on a clone.</summary>
internal sealed record CommittedProfile(AccountProfile Profile, long Version, RecentActivity? Recent);

/// <summary>
/// The last committed profiles in memory, bounded: two generations, the older of which is dropped whole when the younger is full.
/// A stale entry does no harm: compare-and-swap refuses it, and it is forgotten.
/// </summary>
internal sealed class ProfileCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly int _generationSize = Math.Max(1, capacity / 2);
    private Dictionary<AccountKey, CommittedProfile> _young = [];
    private Dictionary<AccountKey, CommittedProfile> _old = [];

    public bool TryGet(AccountKey key, [NotNullWhen(true)] out CommittedProfile? profile)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(key, out profile))
            {
                return true;
            }

            if (!_old.TryGetValue(key, out profile))
            {
                return false;
            }

            Add(key, profile);
            return true;
        }
    }

    public void Put(AccountKey key, CommittedProfile profile)
    {
        lock (_lock)
        {
            Add(key, profile);
        }
    }

    public void Forget(AccountKey key)
    {
        lock (_lock)
        {
            _young.Remove(key);
            _old.Remove(key);
        }
    }

    private void Add(AccountKey key, CommittedProfile profile)
    {
        if (_young.Count >= _generationSize && !_young.ContainsKey(key))
        {
            _old = _young;
            _young = new Dictionary<AccountKey, CommittedProfile>(_generationSize);
        }

        _young[key] = profile;
    }
}
