using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What is being compared, and what was found?</summary>
public abstract class ExperimentsPageBase : DashboardPage
{
    [Inject]
    internal ExperimentsReader Reader { get; set; } = null!;

    private protected ExperimentsModel? Model { get; private set; }

    protected string Title
    {
        get
        {
            ExperimentLine[] all = [.. Model?.Items ?? []];
            int waiting = all.Count(one => one.It is { Phase: nameof(ExperimentPhase.Concluded), Verdict: nameof(ExperimentVerdict.TreatmentBetter) });
            int doubted = all.Count(one => one.It is { Verdict: nameof(ExperimentVerdict.Invalid), Phase: nameof(ExperimentPhase.Running) or nameof(ExperimentPhase.Paused) });
            int running = all.Count(one => one.It.Phase == nameof(ExperimentPhase.Running));
            return all.Length == 0 ? "Nothing is being compared"
                : waiting > 0 ? $"{Words.Plural(waiting, "winner waits", "winners wait")} to be promoted"
                : doubted > 0 ? $"{Words.Plural(doubted, "experiment is", "experiments are")} not to be believed"
                : running > 0 ? $"{Words.Plural(running, "experiment runs", "experiments run")}"
                : "No experiment runs";
        }
    }

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, cancellationToken));
}
