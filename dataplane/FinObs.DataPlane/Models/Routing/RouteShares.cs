using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>How the traffic is shared beside the stable version, worked out from who asks: whoever works it out gets the same.</summary>
internal static class RouteShares
{
    /// <summary>Versions that score in shadow at a time: each costs what scoring costs.</summary>
    public const int MostShadows = 4;

    /// <summary>One rollout or experiment holds the route. Whoever has it keeps it until its claim is gone; then experiments go before rollouts, and the older before the younger.</summary>
    /// <returns>Null where nobody holds it.</returns>
    public static RouteClaim? HolderOf(RouteSplit? current, IEnumerable<RouteClaim> claims) => claims
        .Where(claim => claim.HoldsRoute)
        .OrderBy(claim => claim.Holder == current?.Holder ? 0 : 1)
        .ThenBy(claim => claim.Precedence)
        .ThenBy(claim => claim.Since)
        .ThenBy(claim => claim.Holder, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <param name="current">The shares now.</param>
    /// <param name="stable">Who is to decide.</param>
    /// <param name="entries">The ModelVersions of the namespace.</param>
    /// <param name="claims">What rollouts and experiments ask for.</param>
    /// <returns>Null where the stable version decides everything and nobody scores beside it.</returns>
    public static RouteSplit? Of(RouteSplit? current, long? stable, IReadOnlyList<RouteEntry> entries, IReadOnlyList<RouteClaim> claims)
    {
        RouteClaim? holder = HolderOf(current, claims);
        RouteShadow[] shadows =
        [
            .. claims.Where(claim => claim == holder || !claim.HoldsRoute).OrderBy(claim => claim == holder ? 0 : 1).ThenBy(claim => claim.Since).ThenBy(claim => claim.Holder, StringComparer.Ordinal)
                .SelectMany(claim => claim.Split.Shadows)
                .Where(shadow => shadow.VersionId != stable && shadow.Percent > 0 && MayShadow(entries, shadow.VersionId))
                .DistinctBy(shadow => shadow.VersionId)
                .Take(MostShadows),
        ];
        RouteArm[] arms = holder is null ? [] : [.. holder.Split.Arms.Select(arm => arm.VersionId is { } id && !MayDecide(entries, id) ? arm with { VersionId = null } : arm)];
        bool isShared = arms.Any(arm => arm.VersionId is { } id && id != stable);
        return holder is null && shadows.Length == 0
            ? null
            : new RouteSplit
            {
                Holder = holder?.Holder,
                Salt = isShared ? holder!.Split.Salt : "",
                Unit = isShared ? holder!.Split.Unit : default,
                Enrolled = isShared ? holder!.Split.Enrolled : 0,
                Arms = isShared ? arms : [],
                Shadows = shadows,
            };
    }

    /// <summary>Whatever a rollout or an experiment says, a version does not decide whose spec or rollout forbids it. One that no resource describes came with the host.</summary>
    private static bool MayDecide(IReadOnlyList<RouteEntry> entries, long versionId) =>
        entries.FirstOrDefault(entry => entry.VersionId == versionId) is not { } entry
        || (entry is { KillSwitch: false, IsDeleting: false, Standing: not RolloutStanding.RolledBack, Stage: ModelStage.Canary or ModelStage.Production });

    private static bool MayShadow(IReadOnlyList<RouteEntry> entries, long versionId) =>
        entries.FirstOrDefault(entry => entry.VersionId == versionId) is not { } entry
        || (entry is { KillSwitch: false, IsDeleting: false, Stage: ModelStage.Shadow or ModelStage.Canary or ModelStage.Production });
}
