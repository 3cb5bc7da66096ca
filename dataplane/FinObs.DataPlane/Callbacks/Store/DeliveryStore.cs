using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>Reads what waits for a target. Whoever serves the target is alone with it, so nothing is claimed row by row.</summary>
internal sealed class DeliveryStore(IDatabase database)
{
    /// <summary>How often to look although nothing was heard. On SQLite, which has one process, everything is heard.</summary>
    public TimeSpan PollPeriod { get; } = database.Kind == DatabaseKind.Sqlite ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(1);

    /// <summary>What is due, the longest overdue first.</summary>
    /// <param name="target">Of which.</param>
    /// <param name="dueBy">Due at this time, or before.</param>
    /// <param name="isOrdered">Of events of one account only the first that waits.</param>
    /// <param name="limit">So many at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<List<CallbackDeliveryRow>> DueAsync(ResourceKey target, DateTimeOffset dueBy, bool isOrdered, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        IQueryable<CallbackDeliveryRow> all = db.CallbackDeliveries;
        IQueryable<CallbackDeliveryRow> due = all.Where(row => row.Namespace == target.Namespace && row.Target == target.Name && row.DueAt <= dueBy);
        if (isOrdered)
        {
            due = due.Where(row => row.OrderKey == null || !all.Any(
                earlier => earlier.Namespace == row.Namespace && earlier.Target == row.Target && earlier.OrderKey == row.OrderKey && earlier.EventId < row.EventId));
        }

        return await due.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>When the next one is due; null where none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(ResourceKey target, DateTimeOffset after, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await db.CallbackDeliveries
            .Where(row => row.Namespace == target.Namespace && row.Target == target.Name && row.DueAt > after)
            .OrderBy(row => row.DueAt).Select(row => (DateTimeOffset?)row.DueAt).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes due what was put off beyond any schedule, by a clock that ran ahead.</summary>
    public async Task<int> BringForwardAsync(ResourceKey target, DateTimeOffset beyond, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackDeliveries.Where(row => row.Namespace == target.Namespace && row.Target == target.Name && row.DueAt > beyond)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, now), cancellationToken);
    }

    public async Task<bool> IsEmptyAsync(ResourceKey target, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return !await db.CallbackDeliveries.AnyAsync(row => row.Namespace == target.Namespace && row.Target == target.Name, cancellationToken);
    }

    public async Task<CallbackStateRow?> StateAsync(ResourceKey target, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.CallbackStates.FirstOrDefaultAsync(row => row.Namespace == target.Namespace && row.Target == target.Name, cancellationToken);
    }
}
