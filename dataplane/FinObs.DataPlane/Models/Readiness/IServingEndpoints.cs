using System.Collections.Concurrent;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>Is told where a version is served outside this process.</summary>
internal interface IServingEndpoints
{
    /// <summary>Sets the addresses of the pods that have loaded this digest; empty = it is scored in process.</summary>
    void Set(string @namespace, string digest, IReadOnlyList<string> endpoints);
}

/// <summary>Remembers what it is told, and scores nothing by it.</summary>
internal sealed class RememberedEndpoints : IServingEndpoints
{
    private readonly ConcurrentDictionary<(string Namespace, string Digest), IReadOnlyList<string>> _endpoints = [];

    public IReadOnlyList<string> this[string @namespace, string digest] => _endpoints.GetValueOrDefault((@namespace, digest)) ?? [];

    public void Set(string @namespace, string digest, IReadOnlyList<string> endpoints) => _endpoints[(@namespace, digest)] = endpoints;
}
