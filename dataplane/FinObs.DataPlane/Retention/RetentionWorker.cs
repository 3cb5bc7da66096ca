using System.Diagnostics.Metrics;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retention;

/// <summary>Accounts whose last transaction is older than retention: how many there are, and, where it is enforced, their erasure, one commit and one leaf each.</summary>
internal sealed partial class RetentionWorker(IDatabase database, SubjectEraser eraser, AuditGate gate, TimeProvider time, IOptions<RetentionOptions> options, ILogger<RetentionWorker> logger) : BackgroundService
{
    public const string Erased = "finobs.retention.erased";
    private const string Actor = "system:retention";
    private static readonly Counter<long> Counted = FinObsTelemetry.Meter.CreateCounter<long>(Erased, "{account}", "Accounts erased because their retention was over.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.Value.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }
        }
    }

    /// <summary>One run.</summary>
    /// <returns>Accounts found over their time, and those erased.</returns>
    public async Task<(int Due, int Erased)> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow().AddYears(-options.Value.Years);
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<AccountProfileRow> due = db.Set<AccountProfileRow>().Where(row => row.UpdatedAt < before && row.AccountId != "");
        int count = await due.CountAsync(cancellationToken);
        if (!options.Value.Enforce || count == 0 || gate.Refusal is not null)
        {
            if (count > 0 && !options.Value.Enforce)
            {
                Reported(logger, count);
            }

            return (count, 0);
        }

        int erased = 0;
        foreach (var account in await due.OrderBy(row => row.UpdatedAt).Take(options.Value.Batch).Select(row => new { row.Namespace, row.AccountId }).ToListAsync(cancellationToken))
        {
            // Asked again for each: a hold may have been placed, or a transaction come in.
            if (await eraser.EraseAsync(account.Namespace, account.AccountId, Actor, "retention is over", cancellationToken) is ErasureOutcome.Erased)
            {
                erased++;
            }
        }

        Counted.Add(erased);
        Done(logger, count, erased);
        return (count, erased);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} accounts are over their retention; nothing was erased, because Retention:Enforce is false.")]
    private static partial void Reported(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} accounts were over their retention; {Erased} were erased, the others are under a hold or follow in the next run.")]
    private static partial void Done(ILogger logger, int count, int erased);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for accounts over their retention failed; it is tried again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
