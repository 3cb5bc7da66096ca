using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Retraining.Runs;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Local;

/// <summary>Looks after runs: ends what is overdue, asks by the clock, and, where this host is the runner, carries them out one after the other. Safe with any number of replicas.</summary>
internal sealed partial class RetrainingWorker(
    RunClaims claims, RetrainingSchedule schedule, LocalRun local, RetrainingSignal signal, TimeProvider time, IOptions<RetrainingOptions> options, ILogger<RetrainingWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = signal.Next;
            try
            {
                await claims.SweepAsync(stoppingToken);
                await schedule.RunAsync(stoppingToken);
                if (options.Value.Runner == RetrainingRunner.ChildProcess && await claims.TakeNextAsync(LocalRun.Worker, stoppingToken) is { } run)
                {
                    await local.RunAsync(run, stoppingToken);
                    continue;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.Period, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A retraining run failed here; it is tried again when its lease is over.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
