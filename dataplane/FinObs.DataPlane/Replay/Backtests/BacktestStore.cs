using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>What came of asking for a backtest.</summary>
internal abstract record BacktestOutcome
{
    internal sealed record Done(BacktestRow Row) : BacktestOutcome;

    internal sealed record No(BacktestPlanning Why) : BacktestOutcome;

    /// <summary>Others are running.</summary>
    internal sealed record Busy : BacktestOutcome;
}

/// <summary>Runs backtests, a few at a time, and keeps them: row and leaf in one commit.</summary>
internal sealed class BacktestStore(IDatabase database, AuditedCommit commit, BacktestPlans plans, BacktestRun run, IOptions<ReplayOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(options.Value.MaxBacktests);

    /// <param name="request">Without a problem.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Ends it before the commit; then nothing is kept.</param>
    public async Task<BacktestOutcome> RunAsync(BacktestRequest request, string by, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return new BacktestOutcome.Busy();
        }

        try
        {
            BacktestPlanning planning = await plans.PlanAsync(request, commit.Now(), cancellationToken);
            return planning is BacktestPlanning.Ready { Plan: var plan }
                ? new BacktestOutcome.Done(await KeepAsync(plan, await run.RunAsync(plan, cancellationToken), by, cancellationToken))
                : new BacktestOutcome.No(planning);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<BacktestRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Backtests.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>A page, newest first.</summary>
    public async Task<List<BacktestRow>> PageAsync(string @namespace, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Backtests.Where(row => row.Namespace == @namespace && (before == null || row.Id < before)).OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<BacktestRow> KeepAsync(BacktestPlan plan, BacktestReport report, string by, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        BacktestRow row = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = plan.Namespace,
            Model = plan.Model,
            Version = plan.Version,
            Digest = plan.Scorer?.Digest,
            Engine = plan.Scorer?.EngineFingerprint,
            ReviewAt = plan.Thresholds.ReviewAt,
            BlockAt = plan.Thresholds.BlockAt,
            From = plan.From,
            To = plan.To,
            DecidedBy = plan.DecidedBy,
            Maturity = (long)plan.Maturity.TotalMicroseconds,
            Report = JsonSerializer.Serialize(report),
            By = by,
            At = now,
        };
        Guid? leaf = await commit.WriteAsync(
            row.Act(),
            async (session, id, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row with { LeafId = id });
                return await db.SaveChangesAsync(cancel) > 0;
            },
            cancellationToken);
        return row with { LeafId = leaf!.Value };
    }
}
