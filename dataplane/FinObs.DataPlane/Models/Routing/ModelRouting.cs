using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>
/// Brings a namespace's route to where its ModelVersions, rollouts and experiments ask for it: kill switch, then what people and analyses have rolled back, then experiments, then rollouts. Every replica does;
/// one of them writes, the others find it done.
/// </summary>
internal sealed partial class ModelRouting(
    RouteStore store, ResourceCatalogue catalogue, ModelVersionStates states, IEnumerable<IRouteClaims> claims, RouteEntries versionsOf, ModelSync sync, ILogger<ModelRouting> logger) : IDisposable
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
                if (await WantedAsync(route, cancellationToken) is not { } wanted)
                {
                    break;
                }

                bool isWritten = await store.WriteAsync(route, wanted, cancellationToken);
                route = await store.FindAsync(@namespace, cancellationToken);
                if (isWritten)
                {
                    Routed(logger, @namespace, route.Stable?.Name ?? "nobody", wanted.Reason, route.Generation);
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

    /// <summary>Null where the route is right as it is.</summary>
    private async Task<RouteChange?> WantedAsync(ModelRoute route, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredResource> versions = [.. catalogue.Current.Of(route.Namespace, ResourceKinds.ModelVersion.Name)];
        List<RouteClaim> asked = [];
        foreach (IRouteClaims some in claims)
        {
            asked.AddRange(await some.OfAsync(route.Namespace, cancellationToken));
        }

        RouteEntry[] entries = await versionsOf.OfAsync(route.Namespace, cancellationToken);
        RoutePlan plan = RoutePlan.Of(route.Stable, entries, await store.PastAsync(route.Namespace, cancellationToken));
        long? to = plan.Changes ? plan.To : route.Stable?.Id;
        RouteSplit? split = RouteShares.Of(route.Split, to, entries, asked);
        return plan.Changes || split?.Write() != route.Split?.Write()
            ? new RouteChange(to, split, plan.Changes ? plan.Reason : RouteReasons.SharesMoved, Actor, plan.Changes ? ChangedBy(versions, plan, route) : null)
            : null;
    }

    /// <summary>Whoever changed the version that comes, or the one that goes where none comes by itself.</summary>
    private string? ChangedBy(IReadOnlyList<StoredResource> versions, RoutePlan plan, ModelRoute route)
    {
        StoredResource? cause = plan.Reason == RouteReasons.Promoted
            ? versions.FirstOrDefault(resource => states[resource.Key]?.VersionId == plan.To)
            : versions.FirstOrDefault(resource => ((ModelVersion)resource.Resource).Spec is var spec && spec.Model == route.Stable?.Model && spec.Version == route.Stable.Version);
        return cause?.Row.ChangedBy;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The route of namespace {Namespace} leads to {ModelVersion} now ({Reason}, generation {Generation}).")]
    private static partial void Routed(ILogger logger, string @namespace, string modelVersion, string reason, long generation);
}
