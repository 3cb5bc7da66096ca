using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Callbacks.FanOut;

/// <summary>Runs the fan-out whenever events were numbered here, and often enough to find those that another replica has numbered.</summary>
internal sealed partial class FanOutWorker(
    CallbackFanOut fanOut, IDatabase database, EventSignal events, DeliverySignal deliveries, TimeProvider time, ILogger<FanOutWorker> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>On SQLite nobody else numbers events but a command that imports.</summary>
    private readonly TimeSpan _period = database.Kind == DatabaseKind.Sqlite ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = events.Next;
            TimeSpan sleep = await StepAsync(stoppingToken);
            if (sleep > TimeSpan.Zero)
            {
                await Signal.WaitAsync(woken, sleep, time, stoppingToken);
            }
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            int? seen = await fanOut.RunAsync(cancellationToken);
            if (seen is > 0)
            {
                deliveries.Raise();
            }

            return seen is > 0 ? TimeSpan.Zero : _period;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(logger, exception);
            return AfterFault;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be turned into deliveries; the next round begins where the last commit ended.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
