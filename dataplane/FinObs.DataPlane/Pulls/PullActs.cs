using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Pulls;

/// <summary>What people do about sources, each with its audit leaf.</summary>
internal sealed class PullActs(PullStore store, PullSignal signal)
{
    private const string Trigger = "UPDATE pull_sources SET requested_at = @now WHERE namespace = @namespace AND name = @name";

    private const string Resume =
        "UPDATE pull_sources SET suspended_at = NULL, failures = 0, next_run_at = @now WHERE namespace = @namespace AND name = @name AND suspended_at IS NOT NULL";

    private const string Retried = "UPDATE pull_quarantine SET state = 'Retried', sealed = @empty WHERE id = @item AND namespace = @namespace AND name = @name AND state = 'Open'";
    private const string Discarded = "UPDATE pull_quarantine SET state = 'Discarded', sealed = @empty WHERE id = @item AND namespace = @namespace AND name = @name AND state = 'Open'";

    /// <summary>Asks for a run now. False where there is no such source.</summary>
    public Task<bool> TriggerAsync(ResourceKey key, string actor, CancellationToken cancellationToken) => ActAsync(key, PullActions.Triggered, Trigger, item: null, actor, cancellationToken);

    /// <summary>Lets it go on after failures. False where it does not rest.</summary>
    public Task<bool> ResumeAsync(ResourceKey key, string actor, CancellationToken cancellationToken) => ActAsync(key, PullActions.Resumed, Resume, item: null, actor, cancellationToken);

    /// <summary>An item is taken in after all, or left out for good; what it holds is dropped. False where it is not open.</summary>
    public Task<bool> SettleAsync(ResourceKey key, Guid item, string state, string actor, CancellationToken cancellationToken) => state == QuarantineStates.Retried
        ? ActAsync(key, PullActions.ItemRetried, Retried, item, actor, cancellationToken)
        : ActAsync(key, PullActions.ItemDiscarded, Discarded, item, actor, cancellationToken);

    private async Task<bool> ActAsync(ResourceKey key, string action, string sql, Guid? item, string actor, CancellationToken cancellationToken)
    {
        bool isDone = await store.ActAsync(key, action, sql, item, detail: null, actor, cancellationToken);
        signal.Raise();
        return isDone;
    }
}
