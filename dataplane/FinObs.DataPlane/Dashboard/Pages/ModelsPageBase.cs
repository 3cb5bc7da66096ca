using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Rollout;
using FinObs.DataPlane.Rollout.Api;
using FinObs.DataPlane.Rollout.Steps;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Which version decides, what is being rolled out, and how far is it?</summary>
public abstract class ModelsPageBase : DashboardPage
{
    [Inject]
    internal ModelsReader Reader { get; set; } = null!;

    [Inject]
    internal RolloutVerbs Verbs { get; set; } = null!;

    private protected ModelsModel? Model { get; private set; }

    protected string Reason { get; set; } = "";

    protected string? Problem { get; private set; }

    protected bool IsActing { get; private set; }

    protected string Title => Model?.Route.Stable is { } stable ? $"{stable} decides" : "Nobody decides";

    protected string Lead => Model switch
    {
        { Rollouts: var rollouts } when rollouts.Any(one => one.Rollout.Phase is RolloutPhase.Progressing) => string.Join("; ", rollouts.Where(one => one.Rollout.Phase is RolloutPhase.Progressing)
            .Select(one => $"{one.Rollout.Model}@{one.Rollout.Version} is rolled out, step {Math.Min(one.Rollout.Step + 1, Math.Max(1, one.Steps.Count))} of {one.Steps.Count}{(one.WaitsFor is { } gate ? $", waits for {gate.ToLowerInvariant()}" : "")}")) + ".",
        _ => "Nothing is being rolled out.",
    };

    private protected IReadOnlyList<(string Version, int Percent, string Role)> Shares
    {
        get
        {
            IReadOnlyList<ShareAnswer> shares = Model?.Route.Shares ?? [];
            return Model?.Route.Stable is { } stable
                ? [(stable, 100 - shares.Sum(share => share.Percent), "stable"), .. shares.Select(share => (share.Version, share.Percent, "on trial"))]
                : [.. shares.Select(share => (share.Version, share.Percent, "on trial"))];
        }
    }

    private protected static string StateOf(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Promoted => "good",
        RolloutPhase.RolledBack => "bad",
        RolloutPhase.Paused => "none",
        _ => "watch",
    };

    private protected static string StepOf(RolloutModel rollout, int step) =>
        rollout.Rollout.Phase == RolloutPhase.Promoted || step < rollout.Rollout.Step ? "done" : step == rollout.Rollout.Step ? "now" : "to come";

    /// <summary>What can be done in that phase.</summary>
    private protected static IEnumerable<RolloutVerb> VerbsOf(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Progressing => [RolloutVerb.Promote, RolloutVerb.Pause, RolloutVerb.Rollback],
        RolloutPhase.Paused => [RolloutVerb.Resume, RolloutVerb.Rollback],
        RolloutPhase.RolledBack => [RolloutVerb.Retry],
        _ => [RolloutVerb.Rollback],
    };

    private protected async Task DoAsync(RolloutAnswer rollout, RolloutVerb verb)
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem) = (true, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ModelConfig))
            {
                Problem = "Your role does not do that any more.";
                return;
            }

            VerbOutcome outcome = await Verbs.DoAsync(rollout.Namespace, rollout.Name, verb, Reason.Trim(), who.Name, Left);
            Problem = outcome switch { VerbOutcome.Not no => no.Why, VerbOutcome.Unknown => "There is no such rollout any more.", _ => null };
            Reason = Problem is null ? "" : Reason;
            Model = await Reader.ReadAsync(Namespace, Left);
        }
        finally
        {
            IsActing = false;
        }
    }

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, cancellationToken));
}
