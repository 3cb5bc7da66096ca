using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>
/// Makes runs of events, as configured: exactly once, because runs and cursor are one commit. It reads behind the pipeline: no transaction waits for an agent.
/// </summary>
internal sealed class AgentConsumer(IDatabase database, EventLog log, AuditedCommit commit, IOptions<AgentsOptions> options) : IEventReader
{
    public const string Requester = "system:agents";
    private readonly EventCursor _cursor = new(database, EventReaders.Agents, lockNumber: 20260017);

    private bool IsOn => options.Value.Cases || options.Value.Decisions != CheckedDecisions.None;

    /// <summary>Turned off, it reads nothing, and nothing is kept for it.</summary>
    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken) => IsOn ? await _cursor.LastReadAsync(@namespace, cancellationToken) : null;

    /// <summary>One page of each namespace; returns how many events were looked at, or null where another replica is at it.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        int seen = 0;
        if (!IsOn)
        {
            return seen;
        }

        foreach (UnreadEvents unread in await _cursor.BehindAsync(cancellationToken))
        {
            await using EventTurn? turn = await _cursor.TakeTurnAsync(cancellationToken);
            if (turn is null || await RunAsync(unread, cancellationToken) is not { } events)
            {
                return null;
            }

            seen += events;
        }

        return seen;
    }

    private async Task<int?> RunAsync(UnreadEvents unread, CancellationToken cancellationToken)
    {
        List<StreamEvent> events = await log.ReadAsync(unread.Namespace, unread.From, EventLog.MaxPage, cancellationToken);
        List<AgentRunRow> wanted = await FreshAsync(unread.Namespace, [.. await OfCasesAsync(events, cancellationToken), .. await OfDecisionsAsync(events, cancellationToken)], cancellationToken);

        // Pruned events leave a gap that is passed over.
        long to = events.Count == 0 ? unread.Last : events[^1].EventId;
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        try
        {
            await using (FinObsDbContext db = await session.OpenContextAsync(cancellationToken))
            {
                db.AddRange(wanted);
                await db.SaveChangesAsync(cancellationToken);
            }
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            return null; // another one has made a run of the same event
        }

        if (!await _cursor.MoveAsync(session, unread.Namespace, unread.From, to, cancellationToken))
        {
            return null;
        }

        await session.CommitAsync(cancellationToken);
        return Math.Max(events.Count, 1);
    }

    /// <summary>Without those that are there already, e.g. after a cursor was lost, and no more than people can look at.</summary>
    private async Task<List<AgentRunRow>> FreshAsync(string @namespace, List<AgentRunRow> wanted, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0)
        {
            return wanted;
        }

        await using FinObsDbContext db = database.CreateContext();
        HashSet<(AgentKind, string)> there = [];
        foreach (string[] part in wanted.Select(row => row.Origin!).Chunk(500))
        {
            var found = await db.AgentRuns.Where(row => row.Namespace == @namespace && row.Origin != null && part.Contains(row.Origin)).Select(row => new { row.Agent, row.Origin }).ToListAsync(cancellationToken);
            there.UnionWith(found.Select(row => (row.Agent, row.Origin!)));
        }

        int open = await db.AgentRuns.CountAsync(
            row => row.Namespace == @namespace && (row.State == AgentRunState.Waiting || row.State == AgentRunState.Running || row.State == AgentRunState.Proposed || row.State == AgentRunState.Asked), cancellationToken);
        return [.. wanted.Where(row => !there.Contains((row.Agent, row.Origin!))).Take(Math.Max(0, options.Value.MostWaiting - open))];
    }

    private async Task<List<AgentRunRow>> OfCasesAsync(List<StreamEvent> events, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. events.Where(item => item.Topic == CaseKinds.Opened).Select(item => item.SubjectId).OfType<Guid>()];
        if (!options.Value.Cases || ids.Length == 0)
        {
            return [];
        }

        await using FinObsDbContext db = database.CreateContext();
        var opened = await db.CaseActivities.Where(row => EF.Parameter(ids).Contains(row.Id))
            .Join(db.Cases, row => row.CaseId, one => one.Id, (row, one) => new { ActivityId = row.Id, one.Id, one.Namespace, one.Source, one.Traceparent }).OrderBy(row => row.ActivityId).ToListAsync(cancellationToken);
        return
        [
            .. opened.Select(row => RunOf(
                row.Source is CaseSources.Decisions or CaseSources.Person ? new AgentInput.IncidentTriage(row.Namespace, row.Id) : new AgentInput.Remediation(row.Namespace, row.Id),
                $"{CaseKinds.Opened}:{row.ActivityId}", row.Traceparent)),
        ];
    }

    private async Task<List<AgentRunRow>> OfDecisionsAsync(List<StreamEvent> events, CancellationToken cancellationToken)
    {
        Dictionary<Guid, string?> traces = events.Where(item => item.Topic == DecisionPayload.Kind && item.SubjectId is not null).DistinctBy(item => item.SubjectId).ToDictionary(item => item.SubjectId!.Value, item => item.Traceparent);
        if (options.Value.Decisions == CheckedDecisions.None || traces.Count == 0)
        {
            return [];
        }

        Guid[] ids = [.. traces.Keys.OrderBy(id => id.ToString("N"), StringComparer.Ordinal)];
        bool both = options.Value.Decisions == CheckedDecisions.ReviewAndBlock;
        string name = events[0].Namespace;
        await using FinObsDbContext db = database.CreateHotContext();
        List<Guid> flagged = [.. await DecisionCases.Blocked(db, name, ids[0], ids[^1]).Select(row => row.Decision.Id).ToListAsync(cancellationToken)];
        if (both)
        {
            flagged.AddRange(await DecisionCases.Reviewed(db, name, ids[0], ids[^1]).Select(row => row.Decision.Id).ToListAsync(cancellationToken));
        }

        return [.. flagged.Where(traces.ContainsKey).Select(id => RunOf(new AgentInput.ComplianceCheck(name, id), $"{DecisionPayload.Kind}:{id}", traces[id]))];
    }

    private AgentRunRow RunOf(AgentInput input, string origin, string? traceparent) => AgentRunRow.Of(input, origin, Requester, commit.Now()) with { Traceparent = traceparent };
}
