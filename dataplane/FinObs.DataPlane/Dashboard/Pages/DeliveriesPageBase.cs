using FinObs.Contracts.Resources;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Resources;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Does what is to be told arrive?</summary>
public abstract class DeliveriesPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "target")]
    public string? Target { get; set; }

    [Inject]
    internal DeliveriesReader Reader { get; set; } = null!;

    [Inject]
    internal CallbackReplay Replay { get; set; } = null!;

    private protected DeliveriesModel? Model { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    protected string Title
    {
        get
        {
            DeliveryTarget[] failing = [.. (Model?.Targets ?? []).Where(target => target.Line.State != "good")];
            return Model is { Targets.Count: 0 } ? "Nobody is told of events"
                : failing.Length == 0 ? $"All {Words.Plural(Model?.Targets.Count ?? 0, "target gets", "targets get")} their messages"
                : $"{string.Join(", ", failing.Take(3).Select(target => target.Line.Target))}: {failing[0].Line.Text}";
        }
    }

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Said = null;
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, string.IsNullOrWhiteSpace(Target) ? null : Target, cancellationToken));
    }

    /// <summary>Under the ids that they had: whoever got one already knows it by its id.</summary>
    protected async Task ReplayAsync()
    {
        if (IsActing || Model is not { Selected: { } target })
        {
            return;
        }

        IsActing = true;
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (who.May(Permissions.DeliveryOperate))
            {
                ReplayOutcome outcome = await Replay.LettersAsync(new ResourceKey(Namespace, ResourceKinds.CallbackTarget.Name, target), new DeadLetterRange(null, null), new ActRequest(who.Name), Left);
                Model = await Reader.ReadAsync(Namespace, target, Left);
                Said = $"{Words.Plural(outcome.Messages, "message goes", "messages go")} again. The audit log has it.";
            }
        }
        finally
        {
            IsActing = false;
        }
    }
}
