using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Pulls;
using FinObs.DataPlane.Pulls.Api;
using FinObs.DataPlane.Pulls.Store;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Is what is to be fetched fetched?</summary>
public abstract class PullsPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "source")]
    public string? Source { get; set; }

    [Inject]
    internal PullsReader Reader { get; set; } = null!;

    [Inject]
    internal PullActs Acts { get; set; } = null!;

    [Inject]
    internal QuarantineRetry Retry { get; set; } = null!;

    private protected PullsModel? Model { get; private set; }

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    protected bool MayAct => IsLive && Who.May(Permissions.DeliveryOperate);

    private protected PullLine? Chosen => Model?.Sources.FirstOrDefault(line => line.Name == SourceOrAll());

    protected string Title
    {
        get
        {
            PullLine[] troubled = [.. (Model?.Sources ?? []).Where(line => line.State is "bad" or "watch")];
            return Model is { Sources.Count: 0 } ? "Nothing is fetched from elsewhere"
                : troubled.Length == 0 ? $"All {Words.Plural(Model?.Sources.Count ?? 0, "source keeps", "sources keep")} up"
                : $"{string.Join(", ", troubled.Take(3).Select(line => line.Name))}: {troubled[0].Text}";
        }
    }

    private protected static (string State, string Text) StateOf(string outcome) => outcome switch
    {
        RunOutcomes.Completed => ("good", "all taken in"),
        RunOutcomes.NotModified => ("good", "nothing new"),
        RunOutcomes.More => ("good", "more to come"),
        RunOutcomes.Stopped => ("none", "stopped"),
        _ => ("bad", "failed"),
    };

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem) = (null, null);
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, SourceOrAll(), cancellationToken));
    }

    protected Task TriggerAsync(string source) => DoAsync(async who => await Acts.TriggerAsync(PullsApi.Key(Namespace, source), who.Name, Left)
        ? (null, $"{source} is asked now; its run appears below once it is over.")
        : ($"{source} is not there any more, or not made so yet.", null));

    protected Task ResumeAsync(string source) => DoAsync(async who => await Acts.ResumeAsync(PullsApi.Key(Namespace, source), who.Name, Left)
        ? (null, $"{source} goes on. The audit log has it.")
        : ($"{source} does not rest any more.", null));

    protected Task RetryAsync(string source, Guid item) => DoAsync(async who => await Retry.DoAsync(PullsApi.Key(Namespace, source), item, who.Name, Left) switch
    {
        RetryOutcome.Taken taken => (null, $"{taken.TransactionId} is taken in{(taken.Duplicate ? "; it was there already" : taken.Flagged ? " and was flagged" : "")}."),
        RetryOutcome.StillBad bad => (bad.Why, null),
        RetryOutcome.NoModel without => (without.Why, null),
        RetryOutcome.NotWhole => (RetryOutcome.NotWhole.Why, null),
        RetryOutcome.NoItem => ("Somebody else has settled it.", null),
        _ => ($"{source} is not there any more, or not made so yet.", null),
    });

    protected Task DiscardAsync(string source, Guid item) => DoAsync(async who => await Acts.SettleAsync(PullsApi.Key(Namespace, source), item, QuarantineStates.Discarded, who.Name, Left)
        ? (null, "It is left out for good. The audit log has it.")
        : ("Somebody else has settled it.", null));

    private string? SourceOrAll() => string.IsNullOrWhiteSpace(Source) ? null : Source;

    private async Task DoAsync(Func<Viewer, Task<(string? Problem, string? Said)>> act)
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem, Said) = (true, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            (Problem, Said) = who.May(Permissions.DeliveryOperate) ? await act(who) : ("Your role does not do that any more.", null);
            Model = await Reader.ReadAsync(Namespace, SourceOrAll(), Left);
        }
        finally
        {
            IsActing = false;
        }
    }
}
