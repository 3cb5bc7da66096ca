using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>Runs the consumer whenever events were numbered here, and often enough to find those that another replica has numbered.</summary>
internal sealed partial class CaseWorker(
    CaseConsumer consumer, IDatabase database, EventSignal events, IOptions<CaseOptions> options, TimeProvider time, ILogger<CaseWorker> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>Cases are for people: waiting a little makes one commit of what comes within a moment.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan GaugePeriod = TimeSpan.FromSeconds(15);

    private DateTimeOffset _measureAt;

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
            if (time.GetUtcNow() is var now && now >= _measureAt)
            {
                await CaseMetrics.MeasureAsync(database, now, cancellationToken);
                _measureAt = now + GaugePeriod;
            }

            return seen >= EventLog.MaxPage ? TimeSpan.Zero : options.Value.Period;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, exception);
            return AfterFault;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be turned into cases; the next round begins where the last commit ended.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
