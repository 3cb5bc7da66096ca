using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>Looks every few seconds for what expired, what is overdue and what is approved and not yet done. Safe in any number of replicas.</summary>
internal sealed partial class ApprovalWorker(
    ApprovalClock clock, ApprovalExecution execution, IDatabase database, IOptions<ApprovalOptions> options, TimeProvider time, ILogger<ApprovalWorker> logger) : BackgroundService
{
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await clock.PassAsync(cancellationToken);
        await execution.PassAsync(cancellationToken);
        await using FinObsDbContext db = database.CreateContext();
        var waiting = await db.ApprovalRequests.Where(row => row.Status == ApprovalStatus.Pending).GroupBy(row => row.Namespace)
            .Select(group => new { Namespace = group.Key, Count = group.Count(), Oldest = group.Min(row => row.CreatedAt) }).OrderBy(group => group.Namespace).ToListAsync(cancellationToken);
        ApprovalMetrics.Show([.. waiting.Select(group => new ApprovalQueue(group.Namespace, group.Count, time.GetUtcNow() - group.Oldest))]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.Value.Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Requests for approval could not be looked after; the next pass tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
