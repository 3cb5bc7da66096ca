using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;

namespace FinObs.Operator.Status;

/// <summary>Writes a status once, at the end of a reconcile, and only where it is another one.</summary>
internal sealed class StatusWriter<T>(Resources<T> resources)
    where T : CustomResource
{
    /// <param name="before">The object as it was read.</param>
    /// <param name="after">The same with its new status.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ApiException">A conflict: the object is newer than <paramref name="before"/>.</exception>
    public async Task<T> WriteAsync(T before, T after, CancellationToken cancellationToken) =>
        JsonNode.DeepEquals(Status(before), Status(after)) ? before : await resources.ReplaceStatusAsync(after, cancellationToken);

    private static JsonNode? Status(T resource) => JsonSerializer.SerializeToNode(resource, ResourceKind<T>.Instance.Json)?["status"];
}
