using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using k8s.Models;

namespace FinObs.Operator.ModelVersions;

/// <summary>The pods of each version. A pod's owner is a ReplicaSet, so they are found by their labels.</summary>
internal sealed class ScoringPods(Informer<V1Pod> informer)
{
    private readonly CacheIndex<V1Pod> _byInstance = informer.Cache.AddIndex(pod => pod.Metadata.Labels?.TryGetValue(ChildLabels.Instance, out string? instance) == true ? [$"{pod.Metadata.NamespaceProperty}/{instance}"] : []);

    public IReadOnlyList<V1Pod> Of(ModelVersion version) => _byInstance.Find($"{version.Metadata.Namespace}/{ChildName.Of(version.Metadata.Name)}");

    /// <summary>Which version a pod scores.</summary>
    public static IEnumerable<ResourceKey> VersionOf(V1Pod pod)
    {
        IDictionary<string, string> labels = pod.Metadata.Labels ?? new Dictionary<string, string>();
        return labels.TryGetValue(ChildLabels.Model, out string? model) && labels.TryGetValue(ChildLabels.Version, out string? version)
            ? [new ResourceKey(pod.Metadata.NamespaceProperty, $"{model}-{version}")]
            : [];
    }
}
