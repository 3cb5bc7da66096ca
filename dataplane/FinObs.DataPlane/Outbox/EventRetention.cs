using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Outbox;

/// <summary>
/// Removes events older than a week, in small steps from the oldest on, as far as everybody who must not miss one has read them. What they were about stays; only the stream forgets.
/// </summary>
internal sealed partial class EventRetention(IDatabase database, IEnumerable<IEventReader> readers, TimeProvider time, ILogger<EventRetention> logger) : BackgroundService
{
    private const int Step = 2000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>One pass over all namespaces; returns how many events went.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var before = time.GetUtcNow() - Kept;
        var removed = 0;
        foreach (var name in await db.EventCounters.OrderBy(c => c.Namespace).Select(c => c.Namespace).ToListAsync(cancellationToken))
        {
            var read = await ReadAsync(name, cancellationToken);
            while (await LastOldAsync(db, name, before, read, cancellationToken) is { } last)
            {
                var old = db.Events.Where(e => e.Namespace == name && e.LastId <= last);
                removed += (int)await old.SumAsync(e => e.LastId - e.FirstId + 1, cancellationToken);
                await old.ExecuteDeleteAsync(cancellationToken);
            }
        }
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var removed = await PruneAsync(stoppingToken);
                if (removed > 0) LogPruned(logger, removed);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
            }
        }
    }

    private async Task<long> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var read = long.MaxValue;
        foreach (var reader in readers) read = Math.Min(read, await reader.LastReadAsync(name, cancellationToken) ?? long.MaxValue);
        return read;
    }

    /// <summary>Ids follow time closely enough: among the oldest few, the last id that is beyond the limit, or null.</summary>
    private static async Task<long?> LastOldAsync(FinObsDbContext db, string name, DateTimeOffset before, long read, CancellationToken cancellationToken) =>
        await db.Events.Where(e => e.Namespace == name).OrderBy(e => e.LastId).Take(Step)
            .Where(e => e.CreatedAt < before && e.LastId <= read).MaxAsync(e => (long?)e.LastId, cancellationToken);

    [LoggerMessage(LogLevel.Information, "Removed {Count} events older than seven days from the stream's log.")]
    private static partial void LogPruned(ILogger logger, int count);

    [LoggerMessage(LogLevel.Error, "Old events could not be removed; the next pass tries again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
