using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks;

/// <summary>Keeps logs and dead letters within their bounds, in small steps, and the gauges fresh.</summary>
internal sealed partial class CallbackMaintenance(IDatabase database, ResourceCatalogue catalogue, CallbackFigures figures, TimeProvider time, ILogger<CallbackMaintenance> logger) : BackgroundService
{
    private const int Step = 5000;
    private static readonly TimeSpan GaugePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CountsKept = TimeSpan.FromHours(48);

    /// <summary>Of targets that are gone: as long as of those that say nothing else.</summary>
    private static readonly DeadLetterPolicy DefaultLetters = new();
    private static readonly CallbackRetention DefaultRetention = new();

    /// <summary>One pass over all targets, those that are gone included.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<(string Namespace, string Target)> targets = await TargetsAsync(cancellationToken);
        foreach ((string name, string target) in targets)
        {
            CallbackTargetSpec? spec = (catalogue.Current.Find(new ResourceKey(name, ResourceKinds.CallbackTarget.Name, target))?.Resource as CallbackTarget)?.Spec;
            await PruneAttemptsAsync(name, target, now - (spec?.Retention ?? DefaultRetention).Attempts.Value, cancellationToken);
            await PruneLettersAsync(name, target, spec?.DeadLetter ?? DefaultLetters, now, cancellationToken);
        }

        await using FinObsDbContext db = database.CreateContext();
        DateTimeOffset oldest = now - CountsKept;
        await db.CallbackCounts.Where(row => row.Hour < oldest).ExecuteDeleteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(GaugePeriod, time);
        DateTimeOffset pruneAt = time.GetUtcNow() + PrunePeriod;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                CallbackMetrics.Show(await figures.OfAllAsync(stoppingToken));
                if (time.GetUtcNow() >= pruneAt)
                {
                    await PruneAsync(stoppingToken);
                    pruneAt = time.GetUtcNow() + PrunePeriod;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }
        }
    }

    private async Task<List<(string Namespace, string Target)>> TargetsAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var found = await db.CallbackStates.Select(row => new { row.Namespace, row.Target }).OrderBy(row => row.Namespace).ThenBy(row => row.Target).ToListAsync(cancellationToken);
        return [.. found.Select(row => (row.Namespace, row.Target))];
    }

    private async Task PruneAttemptsAsync(string @namespace, string target, DateTimeOffset before, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(before);
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CallbackAttemptRow> old = db.CallbackAttempts.Where(row => row.Namespace == @namespace && row.Target == target && row.Id < first);
        while (await old.Where(row => old.OrderBy(one => one.Id).Take(Step).Select(one => one.Id).Contains(row.Id)).ExecuteDeleteAsync(cancellationToken) == Step)
        {
            // Another step.
        }
    }

    /// <summary>Too old, or more than there may be: the oldest go first, and the log says how many were lost for good.</summary>
    private async Task PruneLettersAsync(string @namespace, string target, DeadLetterPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset before = now - policy.Retention.Value;
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CallbackDeadLetterRow> letters = db.CallbackDeadLetters.Where(row => row.Namespace == @namespace && row.Target == target);
        int expired = await letters.Where(row => row.DiedAt < before).ExecuteDeleteAsync(cancellationToken);
        long surplus = await letters.LongCountAsync(cancellationToken) - policy.MaxItems;
        while (surplus > 0)
        {
            int part = (int)Math.Min(surplus, Step);
            await letters.Where(row => letters.OrderBy(one => one.DiedAt).ThenBy(one => one.Id).Take(part).Select(one => one.Id).Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
            expired += part;
            surplus -= part;
        }

        if (expired > 0)
        {
            Expired(logger, expired, @namespace, target);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} dead letters of {Namespace}/{Target} went for good: they were older, or more, than spec.deadLetter allows.")]
    private static partial void Expired(ILogger logger, int count, string @namespace, string target);

    [LoggerMessage(Level = LogLevel.Error, Message = "Logs and dead letters of callbacks could not be looked after; the next pass tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
