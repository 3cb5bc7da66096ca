using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Monitoring;

/// <summary>Runs the consumer whenever events were numbered, and removes buckets that are over their time.</summary>
internal sealed partial class MonitoringWorker(
    WindowConsumer consumer, IDatabase database, EventSignal events, IOptions<MonitoringOptions> options, TimeProvider time, ILogger<MonitoringWorker> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>Windows are minutes long: waiting a second makes one commit of what comes within it.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PrunePeriod = TimeSpan.FromHours(1);

    private DateTimeOffset _pruneAt;

    /// <summary>Removes what is over its time; returns how many buckets went.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow() - options.Value.Keep;
        await using FinObsDbContext db = database.CreateContext();
        await db.WindowHours.Where(row => row.Start < before).ExecuteDeleteAsync(cancellationToken);
        return await db.WindowBuckets.Where(row => row.Start < before).ExecuteDeleteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.FromEvents && !stoppingToken.IsCancellationRequested)
        {
            Task woken = events.Next;
            TimeSpan sleep = await StepAsync(stoppingToken);
            if (sleep > TimeSpan.Zero)
            {
                await Signal.WaitAsync(woken, sleep, time, stoppingToken);
                await Task.Delay(Gather, time, stoppingToken);
            }
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            int? seen = await consumer.RunAsync(cancellationToken);
            if (time.GetUtcNow() is var now && now >= _pruneAt)
            {
                await PruneAsync(cancellationToken);
                _pruneAt = now + PrunePeriod;
            }

            return seen >= EventLog.MaxPage ? TimeSpan.Zero : options.Value.Period;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, exception);
            return AfterFault;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Decisions could not be counted into windows; the next round begins where the last commit ended.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
