using System.Data.Common;
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
internal sealed class WindowConsumer(IDatabase database, EventLog log, WindowLayouts layouts, IOptions<MonitoringOptions> options) : IEventReader
{
    /// <summary>The advisory lock's number on PostgreSQL; held while a page is worked on, so that two replicas do not both do the work.</summary>
    private const long LockNumber = 20260014;

    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    private const string Move =
        "INSERT INTO window_cursors (namespace, last_event_id) VALUES (@namespace, @to) "
        + "ON CONFLICT (namespace) DO UPDATE SET last_event_id = excluded.last_event_id WHERE window_cursors.last_event_id = @from";

    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        // Turned off, it reads nothing, and nothing is kept for it.
        if (!options.Value.FromEvents)
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        return await db.WindowCursors.Where(row => row.Namespace == @namespace).Select(row => (long?)row.LastEventId).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>One page of each namespace; returns how many events were looked at, or null where another replica is at it.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        int seen = 0;
        foreach ((string name, long from, long last) in await BehindAsync(cancellationToken))
        {
            await using IWriteSession? turn = database.Kind == DatabaseKind.PostgreSql ? await database.BeginWriteAsync(cancellationToken) : null;
            if (turn is not null && !await TryLockAsync(turn, cancellationToken))
            {
                return null;
            }

            List<StreamEvent> events = await log.ReadAsync(name, from, EventLog.MaxPage, cancellationToken);

            // Pruned events leave a gap that is passed over.
            long to = events.Count == 0 ? last : events[^1].EventId;
            if (!await WriteAsync(name, from, to, await CountAsync(name, events, cancellationToken), cancellationToken))
            {
                return null;
            }

            seen += Math.Max(events.Count, 1);
        }

        return seen;
    }

    private async Task<bool> WriteAsync(string @namespace, long from, long to, List<WindowAddition> additions, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using DbCommand move = session.CreateCommand(Move);
        move.With(session.Kind, "namespace", @namespace).With(session.Kind, "from", from).With(session.Kind, "to", to);
        if (await move.ExecuteNonQueryAsync(cancellationToken) == 0)
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

    private async Task<List<(string Namespace, long From, long Last)>> BehindAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var found = await (
            from counter in db.EventCounters
            join cursor in db.WindowCursors on counter.Namespace equals cursor.Namespace into cursors
            from cursor in cursors.DefaultIfEmpty()
            where cursor == null || cursor.LastEventId < counter.LastEventId
            orderby counter.Namespace
            select new { counter.Namespace, From = cursor == null ? (long?)null : cursor.LastEventId, Last = counter.LastEventId })
            .ToListAsync(cancellationToken);
        return [.. found.Select(row => (row.Namespace, row.From ?? 0, row.Last))];
    }

    private static async Task<bool> TryLockAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand("SELECT pg_try_advisory_xact_lock(@number)").With(session.Kind, "number", LockNumber);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private sealed record Decided(DateTimeOffset ReceivedAt, Decision Decision, double? Score, double? Margin, long? EngineId, byte[]? Features);
}
