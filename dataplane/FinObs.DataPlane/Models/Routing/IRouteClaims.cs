using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>Who else has a say in where the traffic goes. Slices that move shares register one; the routing record is written here alone.</summary>
internal interface IRouteClaims
{
    /// <summary>What is asked for in a namespace now. The same in every replica, because it is worked out from what is stored.</summary>
    Task<IReadOnlyList<RouteClaim>> OfAsync(string @namespace, CancellationToken cancellationToken);
}

/// <summary>What goes before what, where several ask: the lower number.</summary>
internal enum ClaimPrecedence
{
    Experiment = 0,
    Rollout = 1,
}

/// <summary>A rollout's or an experiment's wish.</summary>
internal sealed record RouteClaim
{
    /// <summary>See <see cref="RouteSplit.Holder"/>.</summary>
    public required string Holder { get; init; }

    public required ClaimPrecedence Precedence { get; init; }

    /// <summary>Of two alike the older one goes first.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The shares it asks for while it holds the route; with none it holds it all the same, so that nobody else begins meanwhile.</summary>
    public RouteSplit Split { get; init; } = new();

    /// <summary>False: it only wants shadows, which change no decision, and waits for nobody.</summary>
    public bool HoldsRoute { get; init; } = true;
}

/// <summary>How far the rollouts of a namespace's ModelVersions are; the slice that makes the steps says so.</summary>
internal interface IRolloutStandings
{
    /// <summary>By the resource's uid; none = it has not begun.</summary>
    Task<IReadOnlyDictionary<string, RolloutStanding>> OfAsync(string @namespace, CancellationToken cancellationToken);

    /// <summary>What its status says of it; null = it has not begun.</summary>
    Task<RolloutReport?> ReportAsync(string uid, CancellationToken cancellationToken);
}

/// <summary>How a rollout ended, if it did.</summary>
internal enum RolloutStanding
{
    /// <summary>On its way, or held.</summary>
    Open = 0,

    /// <summary>All steps are done: it may decide everything.</summary>
    Promoted = 1,

    /// <summary>Taken out of traffic, until somebody says otherwise.</summary>
    RolledBack = 2,
}

/// <summary>The rollout's part of a ModelVersion's status.</summary>
internal sealed record RolloutReport
{
    public required RolloutStanding Standing { get; init; }

    public required ModelPhase Phase { get; init; }

    public required int Step { get; init; }

    public required DateTimeOffset StepStartedAt { get; init; }

    public required string StepHash { get; init; }

    /// <summary>Percent of the traffic that it decides.</summary>
    public required int Weight { get; init; }

    public IReadOnlyList<AnalysisResult> Analysis { get; init; } = [];

    public IReadOnlyList<ApprovalRecord> Approvals { get; init; } = [];

    /// <summary>Why it waits; null = it does not.</summary>
    public BlockedOn? BlockedOn { get; init; }

    /// <summary>Where it is, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Conditions that the rollout knows about: type, status, reason, message, since.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}
