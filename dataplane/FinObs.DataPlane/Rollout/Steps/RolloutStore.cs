using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>A change before its commit.</summary>
/// <param name="Act">For its leaf.</param>
/// <param name="WriteAsync">Writes its rows with the act's leaf; false where another replica was faster.</param>
internal sealed record ReadyRolloutChange(AuditAct Act, Func<IWriteSession, Guid, CancellationToken, Task<bool>> WriteAsync);

/// <summary>Rollouts and what became of them: row, history and leaf in one commit, by compare-and-swap.</summary>
internal sealed class RolloutStore(IDatabase database, AuditedCommit commit, IReplicaWords words, ChangeSignal changes)
{
    public DateTimeOffset Now() => commit.Now();

    /// <summary>Something changed here.</summary>
    public void Raise() => changes.Raise();

    public async Task<RolloutRow?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Rollouts.FirstOrDefaultAsync(row => row.Uid == uid, cancellationToken);
    }

    public async Task<List<RolloutRow>> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Rollouts.Where(row => row.Namespace == @namespace).OrderBy(row => row.StartedAt).ThenBy(row => row.Uid).ToListAsync(cancellationToken);
    }

    /// <summary>The newest first.</summary>
    public async Task<List<RolloutChangeRow>> ChangesAsync(string uid, int most, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RolloutChanges.Where(row => row.Uid == uid).OrderByDescending(row => row.Generation).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>Writes a rollout from what was seen; false where another replica was faster.</summary>
    /// <param name="before">As it was looked at; null = there was none.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="results">The analysis that it rests on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<bool> WriteAsync(RolloutRow? before, RolloutRow after, string actor, string? results, CancellationToken cancellationToken)
    {
        ReadyRolloutChange ready = Prepare(before, after, actor, results);
        try
        {
            bool isWritten = await commit.WriteAsync(ready.Act, ready.WriteAsync, cancellationToken) is not null;
            if (isWritten)
            {
                changes.Raise();
            }

            return isWritten;
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // another replica was faster; anything else fails again where it is looked for
        }
    }

    /// <summary>The same as the other for whoever commits it together with something else, and raises the signal then.</summary>
    public ReadyRolloutChange Prepare(RolloutRow? before, RolloutRow after, string actor, string? results)
    {
        RolloutRow next = after with { Generation = (before?.Generation ?? 0) + 1, ChangedAt = commit.Now() };
        RolloutChangeRow change = RolloutChangeRow.Of(next, actor, results);
        return new ReadyRolloutChange(change.Act(), async (session, leaf, cancel) =>
        {
            if (!await WriteAsync(session, before, next, cancel))
            {
                return false;
            }

            await using FinObsDbContext db = await session.OpenContextAsync(cancel);
            db.Add(change with { LeafId = leaf });
            await db.SaveChangesAsync(cancel);
            await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancel);
            return true;
        });
    }

    /// <summary>Within somebody else's commit, which has a leaf of its own; false where the rollout has changed since.</summary>
    public static async Task<bool> WriteAsync(IWriteSession session, RolloutRow? before, RolloutRow after, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        if (before is null)
        {
            db.Add(after);
        }
        else
        {
            db.Update(after);
            db.Entry(after).Property(row => row.Generation).OriginalValue = before.Generation;
        }

        try
        {
            return await db.SaveChangesAsync(cancellationToken) == 1;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }
}
