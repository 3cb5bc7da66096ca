using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>Brings a namespace's route to where its ModelVersions ask for it. Every replica does; one of them writes, the others find it done.</summary>
internal sealed partial class ModelRouting(RouteStore store, ResourceCatalogue catalogue, ModelVersionStates states, ModelSync sync, ILogger<ModelRouting> logger) : IDisposable
{
    private const string Actor = "models:routing";
    private const int MostAttempts = 8;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The route as it is then; this process follows it when this returns.</summary>
    public async Task<ModelRoute> SettleAsync(string @namespace, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ModelRoute route = await store.FindAsync(@namespace, cancellationToken);
            for (int i = 0; i < MostAttempts; i++)
            {
                IReadOnlyList<StoredResource> versions = [.. catalogue.Current.Of(@namespace, ResourceKinds.ModelVersion.Name)];
                RoutePlan plan = RoutePlan.Of(route.Stable, [.. versions.Select(EntryOf)], await store.PastAsync(@namespace, cancellationToken));
                if (!plan.Changes)
                {
                    break;
                }

                bool isWritten = await store.WriteAsync(route, plan.To, plan.Reason, Actor, ChangedBy(versions, plan, route), cancellationToken);
                route = await store.FindAsync(@namespace, cancellationToken);
                if (isWritten)
                {
                    Routed(logger, @namespace, route.Stable?.Name ?? "nobody", plan.Reason, route.Generation);
                    break;
                }
            }

            await sync.FollowRoutesAsync(cancellationToken);
            return route;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private RouteEntry EntryOf(StoredResource resource)
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
            UsableVersionId = states[resource.Key]?.UsableVersionId,
        };
    }

    /// <summary>Whoever changed the version that comes, or the one that goes where none comes by itself.</summary>
    private string? ChangedBy(IReadOnlyList<StoredResource> versions, RoutePlan plan, ModelRoute route)
    {
        StoredResource? cause = plan.Reason == RouteReasons.Promoted
            ? versions.FirstOrDefault(resource => states[resource.Key]?.VersionId == plan.To)
            : versions.FirstOrDefault(resource => EntryOf(resource).Is(route.Stable));
        return cause?.Row.ChangedBy;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The route of namespace {Namespace} leads to {ModelVersion} now ({Reason}, generation {Generation}).")]
    private static partial void Routed(ILogger logger, string @namespace, string modelVersion, string reason, long generation);
}
