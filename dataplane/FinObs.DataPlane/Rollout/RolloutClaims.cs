using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Rollout;

/// <summary>What rollouts ask of the route, from what is stored of them.</summary>
internal sealed class RolloutClaims(RolloutStore store, RouteStore routes, ResourceCatalogue catalogue) : IRouteClaims
{
    private const int BucketsPerPercent = Assignment.Buckets / 100;

    public static string HolderOf(RolloutRow row) => $"{ResourceKinds.ModelVersion.Name}/{row.Name}";

    public async Task<IReadOnlyList<RouteClaim>> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        Dictionary<string, ModelVersionSpec> specs = catalogue.Current.Of(@namespace, ResourceKinds.ModelVersion.Name).Where(resource => !resource.Row.Deleting)
            .ToDictionary(resource => resource.Row.Uid, resource => ((ModelVersion)resource.Resource).Spec);
        return
        [
            .. (await store.OfAsync(@namespace, cancellationToken))
                .Where(row => row.Phase is RolloutPhase.Progressing or RolloutPhase.Paused && specs.TryGetValue(row.Uid, out ModelVersionSpec? spec) && !spec.KillSwitch && RolloutPlan.Of(spec) is not null)
                .Select(row => ClaimOf(row, RolloutPlan.Of(specs[row.Uid])!)),
        ];
    }

    /// <summary>Who else holds the route; null = it holds it, or nobody else wants it.</summary>
    public async Task<string?> BusyWithAsync(RolloutRow row, CancellationToken cancellationToken)
    {
        string? holder = (await routes.FindAsync(row.Namespace, cancellationToken)).Split?.Holder;
        return holder is null || holder == HolderOf(row) ? null : holder;
    }

    private static RouteClaim ClaimOf(RolloutRow row, RolloutPlan plan) => new()
    {
        Holder = HolderOf(row),
        Precedence = ClaimPrecedence.Rollout,
        Since = row.StartedAt,
        HoldsRoute = plan.MayDecide,
        Split = new RouteSplit
        {
            Salt = $"{row.Uid}/{row.StepHash}",
            Unit = plan.Spec.UnitKey,
            Enrolled = Assignment.Buckets,

            // The stable version first: a larger share takes units from it, and those that are the candidate's stay so.
            Arms = row.Weight == 0 ? [] : [new RouteArm(null, Assignment.Buckets - (row.Weight * BucketsPerPercent)), new RouteArm(row.VersionId, row.Weight * BucketsPerPercent)],
            Shadows = row.ShadowPercent == 0 ? [] : [new RouteShadow(row.VersionId, row.ShadowPercent)],
        },
    };
}
