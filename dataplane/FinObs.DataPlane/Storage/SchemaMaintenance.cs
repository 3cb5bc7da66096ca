namespace FinObs.DataPlane.Storage;

/// <summary>Once a day: the partitions of the coming months.</summary>
internal sealed partial class SchemaMaintenance(Migrator migrator, TimeProvider time, ILogger<SchemaMaintenance> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await migrator.RunExtrasAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Schema maintenance failed; it is tried again tomorrow, and rows go to the default partition meanwhile.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
