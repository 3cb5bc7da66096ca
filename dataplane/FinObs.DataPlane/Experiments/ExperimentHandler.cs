using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Experiments;

/// <summary>Carries ABExperiments out, in every replica: whoever is first writes.</summary>
internal sealed class ExperimentHandler(ExperimentRuns runs, ExperimentStore store, ExperimentVersions versions, RouteStore routes, ModelRouting routing, TimeProvider time) : IResourceHandler
{
    public string Kind => ResourceKinds.ABExperiment.Name;

    public Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken) => runs.AdvanceAsync(resource, cancellationToken);

    public async Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        ABExperimentSpec spec = ((ABExperiment)resource.Resource).Spec;
        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        ArmsFinding arms = await versions.OfAsync(resource.Key.Namespace, spec, cancellationToken);
        return ExperimentStatuses.Of(spec, row, arms, await BusyWithAsync(row, cancellationToken), time.GetUtcNow());
    }

    /// <summary>Its claim goes with it; what was found stays.</summary>
    public async Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        await routing.SettleAsync(resource.Key.Namespace, cancellationToken);
        return true;
    }

    public void Forget(StoredResource resource)
    {
    }

    /// <summary>Who else holds the route, while it waits for it.</summary>
    private async Task<string?> BusyWithAsync(ExperimentRow? row, CancellationToken cancellationToken)
    {
        if (row is not { ServingSince: null, IsOver: false })
        {
            return null;
        }

        string? holder = (await routes.FindAsync(row.Namespace, cancellationToken)).Split?.Holder;
        return holder == ExperimentClaims.HolderOf(row) ? null : holder;
    }
}
