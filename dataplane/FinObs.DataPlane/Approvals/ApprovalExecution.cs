using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>Does what was approved: what the action writes and the mark that it was done are one commit, so it happens once or not at all.</summary>
internal sealed partial class ApprovalExecution(IDatabase database, ApprovalStore store, ApprovedActions actions, IOptions<ApprovalOptions> options, ILogger<ApprovalExecution> logger)
{
    private const int Most = 100;

    /// <summary>How often an action may say at once that something changed meanwhile.</summary>
    private const int Rounds = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>Those that are approved and not done, where it is time to try.</summary>
    public async Task<int> PassAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = store.Now();
        List<Guid> waiting;
        await using (FinObsDbContext db = database.CreateContext())
        {
            waiting = await db.ApprovalRequests
                .Where(row => row.Status == ApprovalStatus.Approved && !row.Simulation && (row.RetryAt == null || row.RetryAt <= now))
                .OrderBy(row => row.Id).Select(row => row.Id).Take(Most).ToListAsync(cancellationToken);
        }

        foreach (Guid id in waiting)
        {
            await TryAsync(id, cancellationToken);
        }

        return waiting.Count;
    }

    /// <summary>Does it if it is approved and not done. A fault is noted, and tried again later; it is never the caller's.</summary>
    public async Task TryAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { Row: { Status: ApprovalStatus.Approved, Simulation: false } row } record)
        {
            return;
        }

        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                if (await DoAsync(record, cancellationToken))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Faulted(logger, row.Action, row.Id, exception);
        }

        await DelayAsync(row, cancellationToken);
    }

    /// <summary>False: something changed while it was made ready.</summary>
    private async Task<bool> DoAsync(ApprovalRecord record, CancellationToken cancellationToken)
    {
        ApprovalRequestRow row = record.Row;
        ApprovedOutcome outcome = actions.Find(row.Action) is { } action
            ? await action.PrepareAsync(row.Approved(record.ApprovedBy), cancellationToken)
            : new ApprovedOutcome.Impossible($"Nothing here carries out {row.Action} any more.");
        DateTimeOffset now = store.Now();
        if (outcome is not ApprovedOutcome.Ready ready)
        {
            ApprovalRequestRow dead = End(row, ApprovalStatus.Impossible, ((ApprovedOutcome.Impossible)outcome).Why);
            await store.MoveAsync(row, dead, [ApprovalActs.Event(dead, ApprovalActs.Failed, now)], also: null, cancellationToken);
            return true;
        }

        bool changed = false;
        ApprovalRequestRow done = End(row, ApprovalStatus.Executed, "It was done.");
        bool written = await store.MoveAsync(
            row, done, [ApprovalActs.Event(done, ApprovalActs.Executed, now)],
            async (session, _, cancel) =>
            {
                bool wrote = await ready.WriteAsync(session, cancel);
                changed = !wrote;
                return wrote;
            },
            cancellationToken);
        if (written)
        {
            ready.Committed?.Invoke();
        }

        // Not written and nothing changed: another replica has done it.
        return !changed;
    }

    private async Task DelayAsync(ApprovalRequestRow row, CancellationToken cancellationToken)
    {
        DateTimeOffset now = store.Now();
        int attempts = row.Attempts + 1;
        if (attempts >= options.Value.MostAttempts)
        {
            ApprovalRequestRow failed = End(row, ApprovalStatus.Failed, $"It was approved, and could not be done in {attempts} attempts: the log of this host says why. Ask again once that is mended.") with { Attempts = attempts };
            await store.MoveAsync(row, failed, [ApprovalActs.Event(failed, ApprovalActs.Failed, now)], also: null, cancellationToken);
            return;
        }

        TimeSpan pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(row.Attempts, 10)));
        await store.MoveAsync(row, row with { Attempts = attempts, RetryAt = now + pause, Outcome = "All agreed; it could not be done yet and is tried again." }, cancellationToken);
    }

    private static ApprovalRequestRow End(ApprovalRequestRow row, ApprovalStatus status, string outcome) => row with { Status = status, Outcome = outcome, OpenHash = null, RetryAt = null };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Action} was approved by request {Id} and could not be done; it is tried again.")]
    private static partial void Faulted(ILogger logger, string action, Guid id, Exception exception);
}
