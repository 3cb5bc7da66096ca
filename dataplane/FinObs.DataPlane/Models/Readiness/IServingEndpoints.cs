using FinObs.DataPlane.Models.Remote;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>Is told where a version is served outside this process.</summary>
internal interface IServingEndpoints
{
    /// <summary>Sets the addresses of the pods that have loaded this digest; empty = it is scored in process.</summary>
    void Set(string @namespace, string digest, IReadOnlyList<string> endpoints);
}

/// <summary>Scores with them from the next chunk on.</summary>
internal sealed class RoutedEndpoints(ModelRouter router) : IServingEndpoints
{
    public void Set(string @namespace, string digest, IReadOnlyList<string> endpoints) =>
        router.UseRemote(@namespace, digest, endpoints.Count == 0 ? null : new RemoteEndpoints(endpoints));
}
