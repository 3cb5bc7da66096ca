using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>Makes runs of events, takes them further, and ends them. Safe in any number of replicas.</summary>
internal sealed partial class AgentWorker(AgentConsumer consumer, AgentRunner runner, AgentSettling settling, EventSignal events, IOptions<AgentsOptions> options, TimeProvider time, ILogger<AgentWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = events.Next;
            try
            {
                int? seen = await consumer.RunAsync(stoppingToken);
                int moved = await runner.PassAsync(stoppingToken);
                await settling.PassAsync(stoppingToken);
                if (seen >= EventLog.MaxPage || moved > 0)
                {
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Agents could not be given their work; the next round begins where the last commit ended.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
