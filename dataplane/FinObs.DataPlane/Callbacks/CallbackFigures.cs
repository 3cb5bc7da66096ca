using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks;

/// <summary>How one target stands, in figures.</summary>
internal sealed record TargetFigures(string Namespace, string Target, CallbackState State, long Queue, TimeSpan OldestAge, long DeadLetters);

/// <summary>How all targets stand: for the gauges, and as a part of <c>GET /webhooks/status</c>.</summary>
internal sealed class CallbackFigures(IDatabase database, ResourceCatalogue catalogue, TimeProvider time) : IStatusPart
{
    public string Name => "callbacks";

    public async Task<object> ReadAsync(CancellationToken cancellationToken)
    {
        List<TargetFigures> all = await OfAllAsync(cancellationToken);
        return new CallbacksStatus(
            all.Count,
            all.Sum(target => target.Queue),
            all.Count == 0 ? 0 : all.Max(target => target.OldestAge.TotalSeconds),
            all.Sum(target => target.DeadLetters),
            [.. all.Select(target => new CallbackTargetLine(target.Namespace, target.Target, target.State.ToString(), target.Queue, target.OldestAge.TotalSeconds, target.DeadLetters))]);
    }

    public async Task<List<TargetFigures>> OfAllAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FinObsDbContext db = database.CreateContext();
        var queues = await db.CallbackDeliveries.GroupBy(row => new { row.Namespace, row.Target })
            .Select(group => new { group.Key.Namespace, group.Key.Target, Count = group.LongCount(), Oldest = group.Min(row => row.CreatedAt) }).ToListAsync(cancellationToken);
        var letters = await db.CallbackDeadLetters.GroupBy(row => new { row.Namespace, row.Target })
            .Select(group => new { group.Key.Namespace, group.Key.Target, Count = group.LongCount() }).ToListAsync(cancellationToken);
        List<CallbackStateRow> states = await db.CallbackStates.OrderBy(row => row.Namespace).ThenBy(row => row.Target).ToListAsync(cancellationToken);
        return
        [
            .. catalogue.Current.Sorted.Where(resource => resource.Key.Kind == ResourceKinds.CallbackTarget.Name).Select(resource =>
            {
                var queue = queues.Find(row => row.Namespace == resource.Key.Namespace && row.Target == resource.Key.Name);
                CallbackStateRow? state = states.Find(row => row.Namespace == resource.Key.Namespace && row.Target == resource.Key.Name);
                return new TargetFigures(
                    resource.Key.Namespace, resource.Key.Name,
                    state is null ? CallbackState.Active : CallbackStatuses.StateOf(state, now),
                    queue?.Count ?? 0,
                    queue is not null && now > queue.Oldest ? now - queue.Oldest : TimeSpan.Zero,
                    letters.Find(row => row.Namespace == resource.Key.Namespace && row.Target == resource.Key.Name)?.Count ?? 0);
            }),
        ];
    }
}

/// <summary>The part of <c>GET /webhooks/status</c> about outbound webhooks.</summary>
internal sealed record CallbacksStatus(int Targets, long QueueDepth, double OldestAgeSeconds, long DeadLetters, IReadOnlyList<CallbackTargetLine> Items);

/// <summary>One target in it.</summary>
internal sealed record CallbackTargetLine(string Namespace, string Name, string State, long QueueDepth, double OldestAgeSeconds, long DeadLetters);
