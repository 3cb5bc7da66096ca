using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Rollout;

/// <summary>Takes rollouts along, whenever something changed and otherwise by the clock.</summary>
internal sealed partial class RolloutWorker(Rollouts rollouts, ChangeSignal changes, IOptions<RolloutOptions> options, TimeProvider time, ILogger<RolloutWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = changes.Next;
            try
            {
                await rollouts.AdvanceAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.Period, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Rollouts could not be looked after; decisions go on as they are routed, and it is tried again in a moment.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
