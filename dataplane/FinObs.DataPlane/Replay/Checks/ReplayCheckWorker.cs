using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>Once a night: the day that ended at the configured hour. Nights in which nothing ran are made up for by one check, that of the last day.</summary>
internal sealed partial class ReplayCheckWorker(ReplayChecks checks, TimeProvider time, IOptions<ReplayOptions> options, ILogger<ReplayCheckWorker> logger) : BackgroundService
{
    /// <summary>Decisions that were received just before the hour are committed by then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    /// <summary>The end of the last day that is over, and has had its grace.</summary>
    public static DateTimeOffset DueAt(DateTimeOffset now, int hour)
    {
        DateTimeOffset today = new(now.UtcDateTime.Date.AddHours(hour), TimeSpan.Zero);
        return today + Grace <= now ? today : today.AddDays(-1);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.Nightly && !stoppingToken.IsCancellationRequested)
        {
            DateTimeOffset due = DueAt(time.GetUtcNow(), options.Value.Hour);
            await Task.Delay(await RunAsync(due, stoppingToken) ? Max(due.AddDays(1) + Grace - time.GetUtcNow(), TimeSpan.Zero) : AfterFault, time, stoppingToken);
        }
    }

    private async Task<bool> RunAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        try
        {
            foreach (ReplayCheckRow row in await checks.RunAsync(due, RandomNumberGenerator.GetInt32(int.MaxValue), cancellationToken))
            {
                if (row.Wrong > 0)
                {
                    Wrong(logger, row.ModelVersion, row.Namespace, row.Mismatched, row.Failed, row.Sampled);
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, exception);
            return false;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(Level = LogLevel.Error, Message = "Stored decisions of {ModelVersion} in {Namespace} are not what it computes: {Mismatched} have another score, {Failed} could not be scored again, of {Sampled} drawn.")]
    private static partial void Wrong(ILogger logger, string modelVersion, string @namespace, int mismatched, int failed, int sampled);

    [LoggerMessage(Level = LogLevel.Error, Message = "The nightly replay failed; it is tried again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
