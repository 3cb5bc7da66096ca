using System.Text.Json;
using FinObs.Contracts.Resources;
using k8s;

namespace FinObs.Kubectl;

/// <summary>Our kinds, read from a cluster.</summary>
internal static class Cluster
{
    public static async Task<IReadOnlyList<T>> ListAsync<T>(Kubernetes client, string space, ResourceKind kind, CancellationToken cancellationToken)
        where T : CustomResource => [.. (await ItemsAsync(client, space, kind, cancellationToken)).Select(item => item.Deserialize<T>(ResourceJson.Lenient)!)];

    /// <summary>As they are, also with fields that this tool does not know.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ItemsAsync(Kubernetes client, string space, ResourceKind kind, CancellationToken cancellationToken)
    {
        JsonElement list = (JsonElement)await client.CustomObjects.ListNamespacedCustomObjectAsync(WellKnown.Group, WellKnown.Version, space, kind.Plural, cancellationToken: cancellationToken);
        return [.. list.GetProperty("items").EnumerateArray()];
    }
}
