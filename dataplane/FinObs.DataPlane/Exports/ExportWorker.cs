using Cronos;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Exports;

/// <summary>Wakes the worker of this process.</summary>
internal sealed class ExportSignal : Signal;

/// <summary>Makes exports one after the other, those that the clock asks for too, and removes files whose time is over. Safe with any number of replicas.</summary>
internal sealed partial class ExportWorker(
    ExportStore store, IServiceScopeFactory scopes, ExportSignal signal, AuditedCommit clock, TimeProvider time, IOptions<ExportOptions> options, ILogger<ExportWorker> logger) : BackgroundService
{
    /// <summary>How far back a schedule's last time is looked for: two of a monthly one lie within.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromDays(63);

    private readonly Dictionary<string, long> _lastScheduled = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = signal.Next;
            try
            {
                await ScheduleAsync(stoppingToken);
                await store.ExpireAsync(stoppingToken);
                if (await RunOneAsync(stoppingToken)) continue;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.Period, time, stoppingToken);
        }
    }

    /// <summary>True where there was one. A fault leaves it to the next attempt, once its lease is over.</summary>
    private async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        if (await store.ClaimAsync(cancellationToken) is not { } row) return false;
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<ExportJob>().RunAsync(row, cancellationToken)) TakenOver(logger, row.Id);
        return true;
    }

    /// <summary>For each schedule the last time that has come: what came between it and the time before. A time makes one export, whoever is first.</summary>
    private async Task ScheduleAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.Now();
        foreach (ExportSchedule schedule in options.Value.Schedules)
        {
            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone);
            CronExpression cron = CronExpression.Parse(schedule.Cron);
            DateTimeOffset[] times = [.. cron.GetOccurrences(now - Back, now, zone, fromInclusive: true, toInclusive: true).TakeLast(2)];
            if (times.Length < 2) continue;
            ExportRow row = new()
            {
                Id = Guid.CreateVersion7(now),
                Namespace = schedule.Namespace,
                Type = schedule.Type,
                Format = schedule.Format,
                Scope = ExportActs.Write(new ExportScope(schedule.Namespace, times[^2].ToUniversalTime(), times[^1].ToUniversalTime(), new Dictionary<string, string>())),
                Personal = false,
                Status = ExportStatus.Pending,
                RequestedBy = $"schedule:{schedule.Name}",
                RequestedAt = now,
                Schedule = schedule.Name,
                Occurrence = times[^1].ToUnixTimeSeconds(),
            };
            if (_lastScheduled.GetValueOrDefault(schedule.Name) == row.Occurrence) continue;
            await store.CreateAsync(row, cancellationToken);
            _lastScheduled[schedule.Name] = row.Occurrence!.Value;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An export failed; it is tried again after its lease.")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Export {Export} was taken over by another replica.")]
    private static partial void TakenOver(ILogger logger, Guid export);
}
