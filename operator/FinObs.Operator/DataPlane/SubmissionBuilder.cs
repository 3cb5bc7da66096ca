using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Operator.Reconciliation.Api;
using k8s.Models;

namespace FinObs.Operator.DataPlane;

/// <summary>A spec with the Secrets that it refers to, or which of them is missing: one of the two.</summary>
internal sealed record BuiltSubmission(ResourceSubmission? Submission, string? Missing);

/// <summary>Makes a submission of an object: its spec, the keys of Secrets that the spec names (and no others), and who changed it.</summary>
internal sealed class SubmissionBuilder(ResourceClient<V1Secret> secrets)
{
    private static readonly string[] OurManagers = ["finobs-operator"];

    public async Task<BuiltSubmission> BuildAsync<TSpec, TStatus>(CustomResource<TSpec, TStatus> resource, CancellationToken cancellationToken)
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new()
    {
        SortedDictionary<string, SubmittedSecret> found = new(StringComparer.Ordinal);
        foreach (IGrouping<string, SecretReference> references in SecretReferences.Of(resource.Spec).GroupBy(reference => reference.Name))
        {
            V1Secret? secret = await secrets.GetAsync(new ResourceKey(resource.Metadata.Namespace ?? "", references.Key), cancellationToken);
            if (secret is null)
            {
                return new BuiltSubmission(null, $"{references.First().Path} refers to the Secret {references.Key}, which is not in the namespace: create it.");
            }

            IDictionary<string, byte[]> data = secret.Data ?? new Dictionary<string, byte[]>();
            if (references.FirstOrDefault(reference => reference.Key is { } key && !data.ContainsKey(key)) is { } missing)
            {
                return new BuiltSubmission(null, $"{missing.Path} refers to the key {missing.Key} of the Secret {missing.Name}, which does not have it: add it.");
            }

            bool whole = references.Any(reference => reference.Key is null);
            found[references.Key] = new SubmittedSecret
            {
                ResourceVersion = secret.Metadata.ResourceVersion,
                Data = new SortedDictionary<string, string>(
                    data.Where(pair => whole || references.Any(reference => reference.Key == pair.Key)).ToDictionary(pair => pair.Key, pair => Convert.ToBase64String(pair.Value)),
                    StringComparer.Ordinal),
            };
        }

        return new BuiltSubmission(Of(resource, found), null);
    }

    private static ResourceSubmission Of<TSpec, TStatus>(CustomResource<TSpec, TStatus> resource, SortedDictionary<string, SubmittedSecret> secrets)
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new() => new()
        {
            ManagedBy = Contracts.Resources.Door.ResourceOwner.Operator,
            Uid = resource.Metadata.Uid,
            Generation = resource.Metadata.Generation,
            CreatedAt = resource.Metadata.CreationTimestamp,
            Spec = (JsonObject)JsonSerializer.SerializeToNode(resource.Spec, ResourceJson.Lenient)!,
            Labels = resource.Metadata.Labels,
            Secrets = secrets.Count == 0 ? null : secrets,
            ChangedBy = ChangedBy(resource.Metadata),
            ChangeReason = resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.ChangeReason),
        };

    /// <summary>
    /// Who: the annotation where an admission policy stamps the user's name on it, else the newest field manager of the spec
    /// (<c>kubectl-client-side-apply</c>, <c>argocd-controller</c>): the API server tells no more to those who only watch.
    /// </summary>
    internal static string? ChangedBy(ObjectMeta meta) =>
        meta.Annotations?.GetValueOrDefault(WellKnown.ChangedBy)
        ?? meta.ManagedFields?.Where(entry => entry.Subresource is null && !OurManagers.Contains(entry.Manager)).MaxBy(entry => entry.Time)?.Manager;
}
