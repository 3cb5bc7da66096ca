using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>Which dead letters.</summary>
/// <param name="Since">Events of this time or later.</param>
/// <param name="Until">Events before this time.</param>
internal sealed record DeadLetterRange(DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>Reads dead letters.</summary>
internal sealed class DeadLetterStore(IDatabase database)
{
    /// <summary>They are dead no more.</summary>
    public static readonly BulkTable<Guid> Taken = new(
        "callback_dead_letters", ["id"], static (row, id) => row.Write(id),
        new BulkUpdate("DELETE FROM callback_dead_letters l USING unnest($1) AS taken(id) WHERE l.id = taken.id", "DELETE FROM callback_dead_letters WHERE id = ?1"));

    public async Task<CallbackDeadLetterRow?> FindAsync(ResourceKey target, Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackDeadLetters.FirstOrDefaultAsync(row => row.Id == id && row.Namespace == target.Namespace && row.Target == target.Name, cancellationToken);
    }

    /// <summary>The oldest of a range.</summary>
    public async Task<List<CallbackDeadLetterRow>> OldestAsync(ResourceKey target, DeadLetterRange range, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CallbackDeadLetterRow> rows = db.CallbackDeadLetters.Where(row => row.Namespace == target.Namespace && row.Target == target.Name);
        if (range.Since is { } since)
        {
            rows = rows.Where(row => row.EventAt >= since);
        }

        if (range.Until is { } until)
        {
            rows = rows.Where(row => row.EventAt < until);
        }

        return await rows.OrderBy(row => row.DiedAt).ThenBy(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The newest; of one target, or of all in a namespace.</summary>
    public async Task<List<CallbackDeadLetterRow>> NewestAsync(string @namespace, string? target, (DateTimeOffset DiedAt, Guid Id)? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CallbackDeadLetterRow> rows = db.CallbackDeadLetters.Where(row => row.Namespace == @namespace && (target == null || row.Target == target));
        if (before is var (diedAt, id))
        {
            rows = rows.Where(row => row.DiedAt < diedAt || (row.DiedAt == diedAt && row.Id < id));
        }

        return await rows.OrderByDescending(row => row.DiedAt).ThenByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }
}
