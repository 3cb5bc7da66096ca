using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.FanOut;

/// <summary>
/// Turns events into deliveries: exactly once, because deliveries and cursor are one commit, and the cursor moves only from where it was read. One replica is at it at a time.
/// </summary>
internal sealed class CallbackFanOut(IDatabase database, EventLog log, CallbackSources sources, ResourceCatalogue catalogue, IReplicaWords words, TimeProvider time) : IEventReader
{
    private readonly EventCursor _cursor = new(database, EventReaders.Callbacks, lockNumber: 20260003);

    public Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken) => _cursor.LastReadAsync(@namespace, cancellationToken);

    /// <summary>One round over all namespaces; returns how many events were looked at, or null where another replica is at it.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        int seen = 0;
        foreach (UnreadEvents unread in await _cursor.BehindAsync(cancellationToken))
        {
            if (await RunAsync(unread.Namespace, unread.From, unread.Last, cancellationToken) is not { } events)
            {
                return null;
            }

            seen += events;
        }

        return seen;
    }

    private async Task<int?> RunAsync(string @namespace, long from, long last, CancellationToken cancellationToken)
    {
        await using EventTurn? turn = await _cursor.TakeTurnAsync(cancellationToken);
        if (turn is null)
        {
            return null;
        }

        List<StreamEvent> events = await log.ReadAsync(@namespace, from, EventLog.MaxPage, cancellationToken);

        // After the events: a target that was there when they were numbered is then among them.
        List<StoredResource> targets = [.. (await catalogue.RefreshAsync(cancellationToken)).Of(@namespace, ResourceKinds.CallbackTarget.Name).Where(target => !target.Row.Deleting)];
        List<CallbackDeliveryRow> deliveries = targets.Count == 0 ? [] : await MatchAsync(events, targets, cancellationToken);
        HashSet<string> disabled = deliveries.Count == 0 ? [] : await DisabledAsync(@namespace, cancellationToken);

        // Nobody to tell: on to the newest event. Pruned events leave a gap that is passed over.
        long to = targets.Count == 0 || events.Count == 0 ? last : events[^1].EventId;
        if (turn.Session is { } held)
        {
            return await WriteAsync(held, @namespace, from, to, deliveries, disabled, cancellationToken) ? events.Count : null;
        }

        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        return await WriteAsync(session, @namespace, from, to, deliveries, disabled, cancellationToken) ? events.Count : null;
    }

    private async Task<List<CallbackDeliveryRow>> MatchAsync(List<StreamEvent> events, List<StoredResource> targets, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Subscription[] subscriptions = [.. targets.Select(target => new Subscription(target.Key.Name, ((CallbackTarget)target.Resource).Spec))];
        List<CallbackDeliveryRow> deliveries = [];
        foreach (CallbackCandidate candidate in await sources.CandidatesAsync(events, cancellationToken))
        {
            deliveries.AddRange(subscriptions.Select(subscription => subscription.Of(candidate, now)).OfType<CallbackDeliveryRow>());
        }

        return deliveries;
    }

    private async Task<HashSet<string>> DisabledAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackStates.Where(row => row.Namespace == @namespace && row.DisabledAt != null).Select(row => row.Target).ToHashSetAsync(cancellationToken);
    }

    /// <summary>What a disabled target would have been told goes to its dead letters at once: whoever enables it may have it sent.</summary>
    private async Task<bool> WriteAsync(
        IWriteSession session, string @namespace, long from, long to, List<CallbackDeliveryRow> deliveries, HashSet<string> disabled, CancellationToken cancellationToken)
    {
        if (!await _cursor.MoveAsync(session, @namespace, from, to, cancellationToken))
        {
            return false;
        }

        CallbackDeliveryRow[] waiting = [.. deliveries.Where(row => !disabled.Contains(row.Target))];
        CallbackDeadLetterRow[] dead =
            [.. deliveries.Where(row => disabled.Contains(row.Target)).Select(row => CallbackDeadLetterRow.Of(row, DeadLetterReasons.Disabled, 0, row.CreatedAt))];
        if (deliveries.Count > 0)
        {
            await session.InsertAsync([CallbackDeliveryRow.Table.Rows(waiting), CallbackDeadLetterRow.Table.Rows(dead)], cancellationToken);
            await words.AnnounceAsync(session, ReplicaWord.DeliveriesWaiting, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }
}
