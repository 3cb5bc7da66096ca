using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Monitoring;

/// <summary>
/// Counts decisions into windows: exactly once, because buckets and cursor are one commit, and the cursor moves only from where it was read. Behind the pipeline, a thousand events a commit: no transaction
/// waits for it, and under load it stays behind.
/// </summary>
internal sealed class WindowConsumer(IDatabase database, EventLog log, WindowLayouts layouts, IOptions<MonitoringOptions> options, TimeProvider time) : IEventReader
{
    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    private readonly EventCursor _cursor = new(database, EventReaders.Windows, lockNumber: 20260014);

    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        // Turned off, it reads nothing, and nothing is kept for it.
        return options.Value.FromEvents ? await _cursor.LastReadAsync(@namespace, cancellationToken) : null;
    }

    /// <summary>One page of each namespace; returns how many events were looked at, or null where another replica is at it.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        int seen = 0;
        List<UnreadEvents> behind = await _cursor.BehindAsync(cancellationToken);
        MonitoringMetrics.Behind(behind.Sum(unread => unread.Last - unread.From));
        foreach (UnreadEvents unread in behind)
        {
            await using EventTurn? turn = await _cursor.TakeTurnAsync(cancellationToken);
            if (turn is null)
            {
                return null;
            }

            List<StreamEvent> events = await log.ReadAsync(unread.Namespace, unread.From, EventLog.MaxPage, cancellationToken);

            // Pruned events leave a gap that is passed over.
            long to = events.Count == 0 ? unread.Last : events[^1].EventId;
            if (!await WriteAsync(unread.Namespace, unread.From, to, await CountAsync(unread.Namespace, events, cancellationToken), cancellationToken))
            {
                return null;
            }

            MonitoringMetrics.Counted(events, time.GetUtcNow());
            seen += Math.Max(events.Count, 1);
        }

        return seen;
    }

    private async Task<bool> WriteAsync(string @namespace, long from, long to, List<WindowAddition> additions, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await _cursor.MoveAsync(session, @namespace, from, to, cancellationToken))
        {
            return false; // another one has counted these
        }

        await VersionWindows.AddAsync(session, @namespace, additions, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<List<WindowAddition>> CountAsync(string @namespace, List<StreamEvent> events, CancellationToken cancellationToken)
    {
        Dictionary<long, List<WindowScore>> scores = [];
        Guid[] ids = [.. events.Where(item => item.Topic == DecisionPayload.Kind).Select(item => item.SubjectId).OfType<Guid>()];
        foreach (Guid[] part in ids.Chunk(IdsPerQuery))
        {
            foreach (Decided row in await ReadAsync(@namespace, part, cancellationToken))
            {
                long version = await layouts.VersionOfAsync(row.EngineId, cancellationToken);
                if (!scores.TryGetValue(version, out List<WindowScore>? of))
                {
                    scores[version] = of = [];
                }

                of.Add(new WindowScore(row.ReceivedAt, row.Decision, row.Score, row.Margin, row.Features is null ? null : FeatureBytes.Read(row.Features)));
            }
        }

        List<WindowAddition> additions = [];
        foreach ((long version, List<WindowScore> of) in scores)
        {
            additions.Add(new WindowAddition(version, WindowRole.Decided, WindowCounter.Count(await layouts.OfAsync(version, cancellationToken), of)));
        }

        return additions;
    }

    private async Task<List<Decided>> ReadAsync(string @namespace, Guid[] ids, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await (
            from decision in db.Decisions
            join transaction in db.Transactions on decision.Id equals transaction.Id
            where ids.Contains(decision.Id) && decision.Namespace == @namespace
            select new Decided(transaction.ReceivedAt, decision.Decision, decision.Score, decision.Margin, decision.EngineId, decision.Features)).ToListAsync(cancellationToken);
    }

    private sealed record Decided(DateTimeOffset ReceivedAt, Decision Decision, double? Score, double? Margin, long? EngineId, byte[]? Features);
}
