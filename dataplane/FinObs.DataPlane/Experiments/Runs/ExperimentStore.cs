using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Experiments.Runs;

/// <summary>Experiments and what became of them: row, history and leaf in one commit, by compare-and-swap.</summary>
internal sealed class ExperimentStore(IDatabase database, AuditedCommit commit, IReplicaWords words, ChangeSignal changes)
{
    public DateTimeOffset Now() => commit.Now();

    /// <summary>Something changed here.</summary>
    public void Raise() => changes.Raise();

    public async Task<ExperimentRow?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Experiments.FirstOrDefaultAsync(row => row.Uid == uid, cancellationToken);
    }

    public async Task<List<ExperimentRow>> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Experiments.Where(row => row.Namespace == @namespace).OrderBy(row => row.StartedAt).ThenBy(row => row.Uid).ToListAsync(cancellationToken);
    }

    /// <summary>The newest first.</summary>
    public async Task<List<ExperimentChangeRow>> ChangesAsync(string uid, int most, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ExperimentChanges.Where(row => row.Uid == uid).OrderByDescending(row => row.Generation).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>Writes an experiment from what was seen; false where another replica was faster.</summary>
    /// <param name="before">As it was looked at; null = there was none.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="evaluation">The evaluation that it rests on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<bool> WriteAsync(ExperimentRow? before, ExperimentRow after, string actor, string? evaluation, CancellationToken cancellationToken)
    {
        ExperimentRow next = after with { Generation = (before?.Generation ?? 0) + 1, ChangedAt = commit.Now() };
        ExperimentChangeRow change = ExperimentChangeRow.Of(next, actor, evaluation);
        try
        {
            bool isWritten = await commit.WriteAsync(
                change.Act(),
                async (session, leaf, cancel) =>
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
                },
                cancellationToken) is not null;
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

    /// <summary>Within somebody else's commit, which has a leaf of its own; false where the experiment has changed since.</summary>
    public static async Task<bool> WriteAsync(IWriteSession session, ExperimentRow? before, ExperimentRow after, CancellationToken cancellationToken)
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
