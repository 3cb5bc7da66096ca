using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Approvals;

/// <summary>A request and what was said about it.</summary>
internal sealed record ApprovalRecord(ApprovalRequestRow Row, IReadOnlyList<ApprovalVoteRow> Votes)
{
    /// <summary>Who agreed, in that order.</summary>
    public IReadOnlyList<string> ApprovedBy => [.. Votes.Where(vote => vote.Approves).Select(vote => vote.Actor)];
}

/// <summary>Reads requests, and moves them on: from the generation that was looked at or not at all.</summary>
internal sealed class ApprovalStore(IDatabase database, AuditedCommit commit)
{
    public DateTimeOffset Now() => commit.Now();

    public async Task<ApprovalRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        ApprovalRequestRow? row = await db.ApprovalRequests.FirstOrDefaultAsync(one => one.Id == id, cancellationToken);
        return row is null
            ? null
            : new ApprovalRecord(row, await db.ApprovalVotes.Where(vote => vote.RequestId == id).OrderBy(vote => vote.Ordinal).ToListAsync(cancellationToken));
    }

    /// <summary>Writes what changed, and the acts with it.</summary>
    /// <param name="before">As it was looked at; whoever was faster since then makes this write nothing.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="acts">What happened.</param>
    /// <param name="also">Further rows of the same commit, with the leaves' ids; false: nothing is to be written.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether it was written.</returns>
    public async Task<bool> MoveAsync(
        ApprovalRequestRow before, ApprovalRequestRow after, IReadOnlyList<AuditAct> acts, Func<IWriteSession, IReadOnlyList<Guid>, CancellationToken, Task<bool>>? also, CancellationToken cancellationToken) =>
        await commit.WriteAsync(
            acts,
            async (session, leaves, cancel) => await SwapAsync(session, before, after, cancel) && (also is null || await also(session, leaves, cancel)),
            cancellationToken) is not null;

    /// <summary>The same without an act: an attempt to come.</summary>
    public async Task<bool> MoveAsync(ApprovalRequestRow before, ApprovalRequestRow after, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await SwapAsync(session, before, after, cancellationToken))
        {
            return false;
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> SwapAsync(IWriteSession session, ApprovalRequestRow before, ApprovalRequestRow after, CancellationToken cancellationToken)
    {
        long next = before.Generation + 1;
        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        return await db.ApprovalRequests.Where(row => row.Id == before.Id && row.Generation == before.Generation && row.Status == before.Status).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Generation, next)
                .SetProperty(row => row.Status, after.Status)
                .SetProperty(row => row.Step, after.Step)
                .SetProperty(row => row.WaitsFor, after.WaitsFor)
                .SetProperty(row => row.OpenHash, after.OpenHash)
                .SetProperty(row => row.Verdict, after.Verdict)
                .SetProperty(row => row.DecidedAt, after.DecidedAt)
                .SetProperty(row => row.Outcome, after.Outcome)
                .SetProperty(row => row.EscalatedAt, after.EscalatedAt)
                .SetProperty(row => row.Attempts, after.Attempts)
                .SetProperty(row => row.RetryAt, after.RetryAt),
            cancellationToken) == 1;
    }
}
