using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Outbox;

/// <summary>The ids of a namespace's events that can still be read; none when <see cref="First"/> is after <see cref="Last"/>.</summary>
internal sealed record EventBounds(long First, long Last);

/// <summary>Reads the durable log of events.</summary>
internal sealed class EventLog(IDatabase database)
{
    public const int MaxPage = 1000;

    /// <summary>The events after <paramref name="afterId"/>, in order, at most <paramref name="limit"/> of them.</summary>
    public async Task<List<StreamEvent>> ReadAsync(string @namespace, long afterId, int limit, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var wanted = Math.Min(limit, MaxPage);
        var events = new List<StreamEvent>();
        // One block may hold more than is wanted, and a lone event is a block of its own.
        await foreach (var block in db.Events.Where(e => e.Namespace == @namespace && e.LastId > afterId)
            .OrderBy(e => e.LastId).Take(wanted).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            events.AddRange(block.Unpack(afterId).Take(wanted - events.Count));
            if (events.Count == wanted) break;
        }
        return events;
    }

    /// <summary>The first id still kept and the last id given: a client that asks for one before the first has lost events, and is told to reset.</summary>
    public async Task<EventBounds> BoundsAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        // Last before first: events that are numbered in between then count as still to come. The other way round a log that was empty a moment ago would seem
        // to have lost them.
        var last = await db.EventCounters.Where(c => c.Namespace == @namespace).Select(c => c.LastEventId).FirstOrDefaultAsync(cancellationToken);
        var first = await db.Events.Where(e => e.Namespace == @namespace).OrderBy(e => e.LastId).Select(e => (long?)e.FirstId).FirstOrDefaultAsync(cancellationToken);
        return new EventBounds(Math.Min(first ?? last + 1, last + 1), last);
    }
}
