using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>Which version is served where outside this process, by namespace and digest, with the connections to it.</summary>
internal sealed class RemoteScorers(EngineDirectory engines, IOptions<RemoteOptions> options, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Digest), Served> _served = [];

    /// <summary>Sets where a version is served; null = nowhere but here.</summary>
    public void Use(string @namespace, string digest, RemoteEndpoints? endpoints)
    {
        lock (_gate)
        {
            (string, string) key = (@namespace, digest);
            Served? before = _served.GetValueOrDefault(key);
            if (endpoints is null || endpoints.Addresses.Count == 0)
            {
                _served.Remove(key);
                before?.Pods.Dispose();
            }
            else if (before is { Endpoints.External: null } && endpoints.External is null
                && before.Endpoints.Protocol == endpoints.Protocol && before.Endpoints.BearerToken == endpoints.BearerToken)
            {
                before.Pods.Use(endpoints);
                _served[key] = before with { Endpoints = endpoints, Scorer = null };
            }
            else
            {
                before?.Pods.Dispose();
                _served[key] = new Served(endpoints, new PodPool(endpoints, options.Value, time), null);
            }
        }
    }

    /// <summary>Null where this version is served nowhere else.</summary>
    public IRemoteScoring? Find(string @namespace, RemoteTarget target)
    {
        lock (_gate)
        {
            (string, string) key = (@namespace, target.Digest);
            if (!_served.TryGetValue(key, out Served? served))
            {
                return null;
            }

            if (served.Scorer is null)
            {
                RemoteCalls calls = new(served.Pods, options.Value, served.Endpoints.Timeout, time);
                _served[key] = served = served with { Scorer = new RemoteScorer(target, served.Endpoints, calls, engines) };
            }

            return served.Scorer;
        }
    }

    /// <summary>Where a version is served; empty = nowhere but here.</summary>
    public IReadOnlyList<string> AddressesOf(string @namespace, string digest)
    {
        lock (_gate)
        {
            return _served.GetValueOrDefault((@namespace, digest))?.Endpoints.Addresses ?? [];
        }
    }

    public void Dispose()
    {
        foreach (Served served in _served.Values)
        {
            served.Pods.Dispose();
        }
    }

    private sealed record Served(RemoteEndpoints Endpoints, PodPool Pods, RemoteScorer? Scorer);
}
