using FinObs.DataPlane.Models.Remote;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>Is told where a version is served outside this process.</summary>
internal interface IServingEndpoints
{
    /// <summary>Sets the addresses of the pods that have loaded this digest; empty = none has.</summary>
    void Set(string @namespace, string digest, IReadOnlyList<string> endpoints);

    /// <summary>Sets the server of somebody else that scores this digest instead of pods; null = none does.</summary>
    void SetExternal(string @namespace, string digest, RemoteEndpoints? server);
}

/// <summary>Scores with them from the next chunk on: with the server of somebody else where there is one, else with the pods, else in process.</summary>
internal sealed class RoutedEndpoints(ModelRouter router) : IServingEndpoints
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Digest), IReadOnlyList<string>> _pods = [];
    private readonly Dictionary<(string Namespace, string Digest), RemoteEndpoints> _external = [];

    public void Set(string @namespace, string digest, IReadOnlyList<string> endpoints)
    {
        lock (_gate)
        {
            if (endpoints.Count == 0)
            {
                _pods.Remove((@namespace, digest));
            }
            else
            {
                _pods[(@namespace, digest)] = endpoints;
            }

            if (!_external.ContainsKey((@namespace, digest)))
            {
                UsePods(@namespace, digest);
            }
        }
    }

    public void SetExternal(string @namespace, string digest, RemoteEndpoints? server)
    {
        lock (_gate)
        {
            if (server is not null)
            {
                _external[(@namespace, digest)] = server;
                router.UseRemote(@namespace, digest, server);
            }
            else if (_external.Remove((@namespace, digest)))
            {
                UsePods(@namespace, digest);
            }
        }
    }

    private void UsePods(string @namespace, string digest) =>
        router.UseRemote(@namespace, digest, _pods.GetValueOrDefault((@namespace, digest)) is { } pods ? new RemoteEndpoints(pods) : null);
}
