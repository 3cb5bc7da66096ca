using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>A ModelVersion, as routing sees it.</summary>
internal sealed record RouteEntry
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ModelStage Stage { get; init; }

    public bool KillSwitch { get; init; }

    public bool IsDeleting { get; init; }

    public bool IsSuspended { get; init; }

    /// <summary>Its share is moved by steps, not by routing alone.</summary>
    public bool HasSteps { get; init; }

    /// <summary>How far its rollout is; null = it has not begun.</summary>
    public RolloutStanding? Standing { get; init; }

    /// <summary>Its row, once it is registered.</summary>
    public long? VersionId { get; init; }

    /// <summary>Its row, once it is verified, loaded and fit to decide.</summary>
    public long? UsableVersionId { get; init; }

    /// <summary>It may decide everything, as far as its spec and its rollout go.</summary>
    public bool IsPermitted => Stage == ModelStage.Production && !KillSwitch && !IsDeleting && Standing != RolloutStanding.RolledBack;

    /// <summary>Nothing is left to be waited for: it has no steps, or they are done.</summary>
    public bool IsThrough => !HasSteps || Standing == RolloutStanding.Promoted;

    public bool Is(RouteVersion? version) => version is not null && version.Model == Model && version.Version == Version;
}

/// <summary>Who is to decide in a namespace, worked out from what is there: whoever works it out gets the same.</summary>
/// <param name="Changes">False: as it is, it is right.</param>
/// <param name="To">Who is to decide; null = nobody.</param>
/// <param name="Reason">Why, of <see cref="RouteReasons"/>.</param>
internal sealed record RoutePlan(bool Changes, long? To, string Reason)
{
    private static readonly RoutePlan Stay = new(false, null, "");

    /// <param name="stable">Who decides now.</param>
    /// <param name="entries">The ModelVersions of the namespace.</param>
    /// <param name="past">Who decided before, the latest first.</param>
    public static RoutePlan Of(RouteVersion? stable, IReadOnlyList<RouteEntry> entries, IReadOnlyList<RouteVersion> past)
    {
        RouteEntry? current = entries.FirstOrDefault(entry => entry.Is(stable));

        // One that cannot be loaded here, or not any more, still decides: the last good one stays until something else is known to be good.
        bool mayStay = stable is not null && (current is null ? stable.Origin != ModelOrigins.Resource : current.IsPermitted || current is { IsSuspended: true, IsDeleting: false });
        if (current is { IsSuspended: true } && mayStay)
        {
            return Stay;
        }

        string reason = mayStay || stable is null ? RouteReasons.Promoted : ReasonToLeave(current);
        string? busyWith = mayStay ? current?.Model : null;
        RouteEntry? winner = Candidates(entries, current, mayStay)
            .OrderBy(entry => busyWith is null || entry.Model == busyWith ? 0 : 1)
            .ThenBy(entry => busyWith is null && entry.Model == stable?.Model ? 0 : 1)
            .ThenBy(entry => FirstOf(entries, entry.Model))
            .ThenBy(entry => entry.Model, StringComparer.Ordinal)
            .ThenByDescending(entry => entry.Version, SemanticVersion.Precedence)
            .FirstOrDefault();
        if (winner is not null)
        {
            return winner == current && mayStay ? Stay : new RoutePlan(true, winner.UsableVersionId, reason);
        }

        if (mayStay || stable is null)
        {
            return Stay;
        }

        // Nothing that a resource asks for: back to what the host was started with, if it ever decided.
        RouteVersion? before = past.FirstOrDefault(version => version.Origin != ModelOrigins.Resource && !entries.Any(entry => entry.Is(version)));
        return new RoutePlan(true, before?.Id, reason);
    }

    private static IEnumerable<RouteEntry> Candidates(IReadOnlyList<RouteEntry> entries, RouteEntry? current, bool currentStays) =>
        entries.Where(entry => entry.IsPermitted && !entry.IsSuspended && ((entry == current && currentStays) || entry is { IsThrough: true, UsableVersionId: not null }));

    private static DateTimeOffset FirstOf(IReadOnlyList<RouteEntry> entries, string model) =>
        entries.Where(entry => entry.Model == model && entry.IsPermitted).Select(entry => entry.CreatedAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    private static string ReasonToLeave(RouteEntry? current) => current switch
    {
        null or { IsDeleting: true } => RouteReasons.Deleted,
        { KillSwitch: true } => RouteReasons.KillSwitch,
        { Standing: RolloutStanding.RolledBack } => RouteReasons.RolledBack,
        _ => RouteReasons.Demoted,
    };
}
