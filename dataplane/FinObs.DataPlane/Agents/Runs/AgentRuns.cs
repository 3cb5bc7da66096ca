using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>Reads runs, and moves them on: from the revision that was seen or not at all, each with its action and leaf in the same commit.</summary>
internal sealed class AgentRuns(IDatabase database, AuditedCommit commit)
{
    public DateTimeOffset Now() => commit.Now();

    public async Task<AgentRunRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.AgentRuns.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>All that came of it, the first first.</summary>
    public async Task<List<AgentActionRow>> ActionsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.AgentActions.Where(row => row.RunId == id).OrderBy(row => row.Revision).ToListAsync(cancellationToken);
    }

    /// <summary>Somebody asks for a run.</summary>
    public async Task<AgentRunRow> AddAsync(AgentRunRow row, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await using (FinObsDbContext db = await session.OpenContextAsync(cancellationToken))
        {
            db.Add(row);
            await db.SaveChangesAsync(cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>What is due: to be begun, to be taken over, to be asked.</summary>
    public async Task<List<Guid>> DueAsync(int most, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        await using FinObsDbContext db = database.CreateContext();
        return await db.AgentRuns
            .Where(row => row.DueAt <= now && (row.State == AgentRunState.Waiting || row.State == AgentRunState.Proposed || (row.State == AgentRunState.Running && row.LeaseUntil <= now)))
            .OrderBy(row => row.DueAt).ThenBy(row => row.Id).Select(row => row.Id).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>Takes it; null where it is another's or over. Whoever took it last is the only one whose finding counts, because the revision is theirs.</summary>
    public async Task<AgentRunRow?> TakeAsync(AgentRunRow row, TimeSpan lease, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (row.State is not (AgentRunState.Waiting or AgentRunState.Running) || (row.State == AgentRunState.Running && row.LeaseUntil > now))
        {
            return null;
        }

        AgentRunRow taken = row with { State = AgentRunState.Running, Attempts = row.Attempts + 1, LeaseUntil = now + lease };
        return await MoveAsync(row, taken, cancellationToken) ? taken with { Revision = row.Revision + 1 } : null;
    }

    /// <summary>A change without an action: taken, or put off.</summary>
    public async Task<bool> MoveAsync(AgentRunRow before, AgentRunRow after, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await SwapAsync(session, before, after, cancellationToken))
        {
            return false;
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A change with its action.</summary>
    /// <returns>As it is now; null where somebody was faster, and nothing was written.</returns>
    public async Task<AgentRunRow?> ActAsync(AgentRunRow before, AgentRunRow after, AgentActionRow action, CancellationToken cancellationToken)
    {
        Guid? leaf = await commit.WriteAsync(
            action.Act(before.SubjectId, before.Traceparent), (session, id, cancel) => WriteAsync(session, before, after, action with { LeafId = id }, cancel), cancellationToken);
        return leaf is null ? null : after with { Revision = before.Revision + 1 };
    }

    /// <summary>The same in a commit of somebody else's, who writes the leaf.</summary>
    public static async Task<bool> WriteAsync(IWriteSession session, AgentRunRow before, AgentRunRow after, AgentActionRow action, CancellationToken cancellationToken)
    {
        if (!await SwapAsync(session, before, after, cancellationToken))
        {
            return false;
        }

        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        db.Add(action);
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>What comes of the run next, to be filled in.</summary>
    public AgentActionRow ActionOf(AgentRunRow run, AgentRunState state, string actor, string detail)
    {
        DateTimeOffset now = commit.Now();
        return new AgentActionRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = run.Namespace,
            RunId = run.Id,
            Revision = run.Revision + 1,
            Agent = run.Agent,
            State = state,
            Actor = actor,
            At = now,
            Detail = detail,
            ApprovalId = run.ApprovalId,
            Simulation = run.Simulation,
        };
    }

    private static async Task<bool> SwapAsync(IWriteSession session, AgentRunRow before, AgentRunRow after, CancellationToken cancellationToken)
    {
        long next = before.Revision + 1;
        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        return await db.AgentRuns.Where(row => row.Id == before.Id && row.Revision == before.Revision).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Revision, next)
                .SetProperty(row => row.State, after.State)
                .SetProperty(row => row.Attempts, after.Attempts)
                .SetProperty(row => row.DueAt, after.DueAt)
                .SetProperty(row => row.LeaseUntil, after.LeaseUntil)
                .SetProperty(row => row.ApprovalId, after.ApprovalId),
            cancellationToken) == 1;
    }
}
