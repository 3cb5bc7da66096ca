using System.Threading.Channels;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>
/// Writes what came of attempts, many in one commit: those that ended while the commit before was under way. Without the database nothing is lost: results wait here, their lines send nothing more
/// once so many wait, and should the process end, the messages are sent again under the same ids.
/// </summary>
internal sealed partial class DeliveryCommits(IDatabase database, TimeProvider time, ILogger<DeliveryCommits> logger) : BackgroundService
{
    private const int MostAtOnce = 2000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<DeliveryResult> _results = Channel.CreateUnbounded<DeliveryResult>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(DeliveryResult result) => _results.Writer.TryWrite(result);

    /// <summary>No more comes; what has come is still written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _results.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            await Task.WhenAny(writing, Task.Delay(Timeout.Infinite, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<DeliveryResult> batch = new(MostAtOnce);
        while (await _results.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _results.Reader.TryRead(out DeliveryResult? result))
            {
                batch.Add(result);
            }

            await WriteUntilDoneAsync(batch, stoppingToken);
            foreach (IGrouping<TargetLine, DeliveryResult> ofLine in batch.GroupBy(result => result.Line))
            {
                ofLine.Key.Committed([.. ofLine]);
            }
        }
    }

    private async Task WriteUntilDoneAsync(List<DeliveryResult> batch, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                await WriteAsync(batch, cancellationToken);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, batch.Count, pause.TotalMilliseconds, exception);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task WriteAsync(List<DeliveryResult> batch, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await session.InsertAsync(
            [
                CallbackDeliveryRow.Done.Rows([.. batch.Where(result => result.Later is null).Select(result => result.Row.Id)]),
                CallbackDeliveryRow.Later.Rows([.. batch.Select(result => result.Later).OfType<CallbackDeliveryRow>()]),
                CallbackDeadLetterRow.Table.Rows([.. batch.Select(result => result.Dead).OfType<CallbackDeadLetterRow>()]),
                CallbackAttemptRow.Table.Rows([.. batch.Select(result => result.Attempt).OfType<CallbackAttemptRow>()]),
                CallbackCountRow.Table.Rows(Counts(batch)),
            ],
            cancellationToken);
        foreach (TargetLine line in batch.Select(result => result.Line).Distinct())
        {
            await StateStore.WriteProgressAsync(session, line.Progress, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <summary>In the order of their key: two replicas that add to one table at once take rows in the same order.</summary>
    private static CallbackCountRow[] Counts(List<DeliveryResult> batch) =>
    [
        .. batch.Select(result => result.Attempt).OfType<CallbackAttemptRow>()
            .GroupBy(attempt => (attempt.Namespace, attempt.Target, Hour: Hour(attempt.StartedAt), attempt.Outcome, Bucket: LatencyBuckets.Of(TimeSpan.FromMilliseconds(attempt.DurationMs))))
            .OrderBy(group => group.Key)
            .Select(group => new CallbackCountRow
            {
                Namespace = group.Key.Namespace,
                Target = group.Key.Target,
                Hour = group.Key.Hour,
                Outcome = group.Key.Outcome,
                Bucket = group.Key.Bucket,
                Count = group.Count(),
            }),
    ];

    private static DateTimeOffset Hour(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came of {Count} attempts could not be written; it is tried again in {PauseMilliseconds} ms.")]
    private static partial void Failed(ILogger logger, int count, double pauseMilliseconds, Exception exception);
}
