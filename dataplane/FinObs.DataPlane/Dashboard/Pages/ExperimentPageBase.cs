using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Experiments;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What has one experiment found, on what does it rest, and what can be done?</summary>
public abstract class ExperimentPageBase : DashboardPage
{
    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    internal ExperimentsReader Reader { get; set; } = null!;

    [Inject]
    internal ExperimentVerbs Verbs { get; set; } = null!;

    private protected ExperimentModel? Model { get; private set; }

    protected string Reason { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    protected string Lead => Model switch
    {
        null => "",
        { Look: { } look } => look.Sentence,
        { It: { Detail: { } detail } } => detail,
        _ => "It has not begun: its state is Draft, or its arms are not there yet.",
    };

    /// <summary>Units the smallest arm still lacks; null = not known.</summary>
    protected long? Remaining => Model?.Look is { RequiredPerArm: { } required } look ? Math.Max(0, required - look.Arms.Min(arm => arm.Known)) : null;

    /// <summary>What can be done as it stands.</summary>
    private protected IReadOnlyList<ExperimentVerb> Possible => Model?.It.Phase switch
    {
        nameof(ExperimentPhase.Running) => [ExperimentVerb.Pause, ExperimentVerb.Stop],
        nameof(ExperimentPhase.Paused) => [ExperimentVerb.Resume, ExperimentVerb.Stop],
        nameof(ExperimentPhase.Concluded) when Model?.It.Verdict == nameof(ExperimentVerdict.TreatmentBetter) => [ExperimentVerb.Promote, ExperimentVerb.Stop],
        nameof(ExperimentPhase.Concluded) => [ExperimentVerb.Stop],
        _ => [],
    };

    private protected string TextOf(ExperimentVerb verb) => verb switch
    {
        ExperimentVerb.Promote => $"Ask for {Model?.It.Winner ?? "the winner"} to be promoted",
        ExperimentVerb.Stop => $"Stop {Name}: the stable version decides everything",
        ExperimentVerb.Pause => $"Pause {Name}",
        _ => $"Go on with {Name}",
    };

    /// <summary>An arm within the words of the plan: <c>50 % of units</c>.</summary>
    private protected string ShareOf(ArmLine arm) => Model is { Plan.IsPaired: true } ? "scores everything" : Words.Percent(arm.Share, 0);

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem) = (null, null);
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Name, cancellationToken));
    }

    private protected async Task DoAsync(ExperimentVerb verb)
    {
        if (IsActing || Model is null)
        {
            return;
        }

        (IsActing, Problem, Said) = (true, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ModelConfig))
            {
                Problem = "Your role does not do that any more.";
                return;
            }

            ExperimentOutcome outcome = await Verbs.DoAsync(Namespace, Name, verb, Reason.Trim(), who.Name, Left);
            Problem = outcome switch { ExperimentOutcome.Not no => no.Why, ExperimentOutcome.Unknown => "There is no such experiment any more.", _ => null };
            Model = await Reader.ReadAsync(Namespace, Name, Left);
            if (Problem is null)
            {
                (Reason, Said) = ("", verb == ExperimentVerb.Promote ? "People are asked; nothing changes before they agree." : "Done. The audit log has it.");
            }
        }
        finally
        {
            IsActing = false;
        }
    }
}
