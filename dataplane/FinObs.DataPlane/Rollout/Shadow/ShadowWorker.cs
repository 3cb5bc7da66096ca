using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Rollout.Shadow;

/// <summary>Has versions in shadow score what was decided, and forgets scores that are over their time.</summary>
internal sealed partial class ShadowWorker(
    ShadowQueue queue, ShadowScoring scoring, IDatabase database, IOptions<RolloutOptions> options, TimeProvider time, ILogger<ShadowWorker> logger) : BackgroundService
{
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromHours(1);

    private DateTimeOffset _pruneAt;

    /// <summary>Returns how many scores went.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(time.GetUtcNow() - options.Value.KeepShadowScores);
        await using FinObsDbContext db = database.CreateContext();
        long[] versions = await db.ShadowScores.Select(row => row.VersionId).Distinct().ToArrayAsync(cancellationToken);
        return await db.ShadowScores.Where(row => EF.Parameter(versions).Contains(row.VersionId) && row.TransactionRef < first).ExecuteDeleteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await scoring.DrainAsync(stoppingToken);
                if (time.GetUtcNow() is var now && now >= _pruneAt)
                {
                    await PruneAsync(stoppingToken);
                    _pruneAt = now + PrunePeriod;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Scores in shadow were lost; decisions are not touched by it.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
