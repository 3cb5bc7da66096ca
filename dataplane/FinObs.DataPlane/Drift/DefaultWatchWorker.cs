using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Drift;

/// <summary>Looks every half minute whether a namespace without a policy is to be checked.</summary>
internal sealed partial class DefaultWatchWorker(DefaultWatch watch, IOptions<DriftOptions> options, TimeProvider time, ILogger<DefaultWatchWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Period, time);
        while (options.Value.Default && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await watch.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Models without a drift policy could not be checked; it is tried again in half a minute.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
