using System.Collections.Frozen;
using System.Data.Common;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>
/// Turns events into cases: exactly once, because cases and cursor are one commit, and the cursor moves only from where it was read. Where nothing was flagged only the cursor moves. It reads on its own,
/// behind the pipeline, a thousand events a commit: no transaction waits for it.
/// </summary>
internal sealed class CaseConsumer(IDatabase database, EventLog log, IEnumerable<ICaseSource> sources, IEnumerable<IComplianceSource> entries, CaseOpener opener, IOptions<CaseOptions> options) : IEventReader
{
    /// <summary>The advisory lock's number on PostgreSQL; held while a page is worked on, so that two replicas do not both do the work.</summary>
    private const long LockNumber = 20260011;

    private const string Move =
        "INSERT INTO case_cursors (namespace, last_event_id) VALUES (@namespace, @to) "
        + "ON CONFLICT (namespace) DO UPDATE SET last_event_id = excluded.last_event_id WHERE case_cursors.last_event_id = @from";

    private readonly FrozenDictionary<string, ICaseSource> _sources = sources.ToFrozenDictionary(source => source.Topic, StringComparer.Ordinal);
    private readonly FrozenDictionary<string, IComplianceSource> _entries = entries.ToFrozenDictionary(source => source.Topic, StringComparer.Ordinal);

    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        // Turned off, it reads nothing, and nothing is kept for it.
        if (!options.Value.FromEvents)
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        return await db.CaseCursors.Where(row => row.Namespace == @namespace).Select(row => (long?)row.LastEventId).FirstOrDefaultAsync(cancellationToken);
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

            if (await RunAsync(name, from, last, cancellationToken) is not { } events)
            {
                return null;
            }

            seen += events;
        }

        return seen;
    }

    private async Task<List<(string Namespace, long From, long Last)>> BehindAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var found = await (
            from counter in db.EventCounters
            join cursor in db.CaseCursors on counter.Namespace equals cursor.Namespace into cursors
            from cursor in cursors.DefaultIfEmpty()
            where cursor == null || cursor.LastEventId < counter.LastEventId
            orderby counter.Namespace
            select new { counter.Namespace, From = cursor == null ? (long?)null : cursor.LastEventId, Last = counter.LastEventId })
            .ToListAsync(cancellationToken);
        return [.. found.Select(row => (row.Namespace, row.From ?? 0, row.Last))];
    }

    private async Task<int?> RunAsync(string @namespace, long from, long last, CancellationToken cancellationToken)
    {
        List<StreamEvent> events = await log.ReadAsync(@namespace, from, EventLog.MaxPage, cancellationToken);
        List<NewCase> wanted = [];
        List<ComplianceEntryRow> noted = [];
        foreach (IGrouping<string, StreamEvent> group in events.GroupBy(item => item.Topic, StringComparer.Ordinal))
        {
            if (_sources.TryGetValue(group.Key, out ICaseSource? source))
            {
                wanted.AddRange(await source.CasesAsync([.. group], cancellationToken));
            }

            if (_entries.TryGetValue(group.Key, out IComplianceSource? entry))
            {
                noted.AddRange(await entry.EntriesAsync([.. group], cancellationToken));
            }
        }

        // Pruned events leave a gap that is passed over.
        long to = events.Count == 0 ? last : events[^1].EventId;
        IReadOnlyList<Guid>? written = await opener.TryOpenAsync(wanted, noted, (session, cancel) => MoveAsync(session, @namespace, from, to, cancel), cancellationToken);
        return written is null ? null : Math.Max(events.Count, 1);
    }

    private static async Task<bool> MoveAsync(IWriteSession session, string @namespace, long from, long to, CancellationToken cancellationToken)
    {
        await using DbCommand move = session.CreateCommand(Move);
        move.With(session.Kind, "namespace", @namespace).With(session.Kind, "from", from).With(session.Kind, "to", to);
        return await move.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static async Task<bool> TryLockAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand("SELECT pg_try_advisory_xact_lock(@number)").With(session.Kind, "number", LockNumber);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
