using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>A namespace's ModelVersions as routing sees them: spec, how far this process is with each, and how far its rollout is.</summary>
internal sealed class RouteEntries(ResourceCatalogue catalogue, ModelVersionStates states, IEnumerable<IRolloutStandings> rollouts)
{
    public async Task<RouteEntry[]> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        Dictionary<string, RolloutStanding> standings = [];
        foreach (IRolloutStandings standing in rollouts)
        {
            foreach ((string uid, RolloutStanding how) in await standing.OfAsync(@namespace, cancellationToken))
            {
                standings[uid] = how;
            }
        }

        return [.. catalogue.Current.Of(@namespace, ResourceKinds.ModelVersion.Name).Select(resource => Of(resource, standings))];
    }

    private RouteEntry Of(StoredResource resource, Dictionary<string, RolloutStanding> standings)
    {
        ModelVersionSpec spec = ((ModelVersion)resource.Resource).Spec;
        return new RouteEntry
        {
            Model = spec.Model,
            Version = spec.Version,
            CreatedAt = resource.Row.CreatedAt,
            Stage = spec.Stage,
            KillSwitch = spec.KillSwitch,
            IsDeleting = resource.Row.Deleting,
            IsSuspended = spec.Suspend,
            HasSteps = spec.Rollout is { Steps.Count: > 0 },
            Standing = standings.TryGetValue(resource.Row.Uid, out RolloutStanding standing) ? standing : null,
            VersionId = states[resource.Key]?.VersionId,
            UsableVersionId = states[resource.Key]?.UsableVersionId,
        };
    }
}
