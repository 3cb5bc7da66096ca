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

/// <summary>A backtest before its commit.</summary>
internal abstract record BacktestPreparation
{
    /// <param name="Row">What it found.</param>
    /// <param name="Act">That it was done.</param>
    /// <param name="WriteAsync">Keeps it with the act's leaf.</param>
    internal sealed record Ready(BacktestRow Row, AuditAct Act, Func<IWriteSession, Guid, CancellationToken, Task<bool>> WriteAsync) : BacktestPreparation;

    internal sealed record No(BacktestPlanning Why) : BacktestPreparation;

    /// <summary>Others are running.</summary>
    internal sealed record Busy : BacktestPreparation;
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
        switch (await PrepareAsync(request, by, cancellationToken))
        {
            case BacktestPreparation.Ready ready:
                Guid? leaf = await commit.WriteAsync(ready.Act, ready.WriteAsync, cancellationToken);
                return new BacktestOutcome.Done(ready.Row with { LeafId = leaf!.Value });
            case BacktestPreparation.No no:
                return new BacktestOutcome.No(no.Why);
            default:
                return new BacktestOutcome.Busy();
        }
    }

    /// <summary>The same for whoever commits it together with something else: it has run, and nothing is kept yet.</summary>
    public async Task<BacktestPreparation> PrepareAsync(BacktestRequest request, string by, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return new BacktestPreparation.Busy();
        }

        try
        {
            BacktestPlanning planning = await plans.PlanAsync(request, commit.Now(), cancellationToken);
            return planning is BacktestPlanning.Ready { Plan: var plan }
                ? Ready(plan, await run.RunAsync(plan, cancellationToken), by)
                : new BacktestPreparation.No(planning);
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

    private BacktestPreparation.Ready Ready(BacktestPlan plan, BacktestReport report, string by)
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
        return new BacktestPreparation.Ready(row, row.Act(), async (session, leaf, cancel) =>
        {
            await using FinObsDbContext db = await session.OpenContextAsync(cancel);
            db.Add(row with { LeafId = leaf });
            return await db.SaveChangesAsync(cancel) > 0;
        });
    }
}
