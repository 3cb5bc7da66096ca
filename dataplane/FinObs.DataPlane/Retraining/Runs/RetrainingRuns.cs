using System.Diagnostics;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>A run was queued or stopped: wakes the runner of this process.</summary>
internal sealed class RetrainingSignal : Signal;

/// <summary>The rows of runs. Each change of state is made from what was seen, with its record and its leaf in the same commit: of two who change one run at once one finds that it was late.</summary>
internal sealed class RetrainingRuns(IDatabase database, AuditedCommit commit, RetrainingSignal signal)
{
    public async Task<RetrainingRunRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    public async Task<RetrainingRunRow?> FindAsync(string @namespace, string model, string dedupeKey, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.FirstOrDefaultAsync(row => row.Namespace == @namespace && row.Model == model && row.DedupeKey == dedupeKey, cancellationToken);
    }

    /// <summary>Newest first.</summary>
    public async Task<List<RetrainingRunRow>> PageAsync(string @namespace, string? model, RunState? state, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns
            .Where(row => row.Namespace == @namespace && (model == null || row.Model == model) && (state == null || row.State == state) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<int> CountAsync(string @namespace, string? model, RunState state, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.CountAsync(row => row.Namespace == @namespace && (model == null || row.Model == model) && row.State == state, cancellationToken);
    }

    /// <summary>What became of it, oldest first.</summary>
    public async Task<List<RetrainingChangeRow>> ChangesAsync(Guid run, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingChanges.Where(row => row.RunId == run).OrderBy(row => row.Revision).Take(1_000).ToListAsync(cancellationToken);
    }

    /// <summary>Queued or running, oldest first.</summary>
    public async Task<List<RetrainingRunRow>> OpenAsync(int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.Where(row => row.State == RunState.Queued || row.State == RunState.Running).OrderBy(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>When the last run of a model was asked for.</summary>
    public async Task<DateTimeOffset?> LastRequestAsync(string @namespace, string model, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.Where(row => row.Namespace == @namespace && row.Model == model).OrderByDescending(row => row.Id).Select(row => (DateTimeOffset?)row.RequestedAt).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Queues a run over a new window; null where its key is taken.</summary>
    public async Task<RetrainingRunRow?> CreateAsync(RetrainingRunRow run, TrainingWindowRow window, CancellationToken cancellationToken)
    {
        RetrainingChangeRow change = ChangeOf(run, run.RequestedBy, run.Reason, report: null);
        try
        {
            await commit.WriteAsync(
                [window.Act(), change.Act(run.Traceparent)],
                async (session, leaves, cancel) =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                    db.Add(window with { LeafId = leaves[0] });
                    db.Add(run);
                    db.Add(change with { LeafId = leaves[1] });
                    await db.SaveChangesAsync(cancel);
                    return true;
                },
                cancellationToken);
        }
        catch (DbUpdateException) when (run.DedupeKey.Length > 0)
        {
            return null;
        }

        signal.Raise();
        return run;
    }

    /// <summary>Changes the state from what was seen; null where somebody was faster.</summary>
    public async Task<RetrainingRunRow?> ChangeAsync(RetrainingRunRow next, string actor, string? detail, string? report, CancellationToken cancellationToken)
    {
        int seen = next.Revision;
        next = next with { Revision = seen + 1 };
        RetrainingChangeRow change = ChangeOf(next, actor, detail, report);
        Guid? leaf = await commit.WriteAsync(
            change.Act(Activity.Current?.Id ?? next.Traceparent),
            async (session, id, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                int changed = await db.RetrainingRuns.Where(row => row.Id == next.Id && row.Revision == seen).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.State, next.State).SetProperty(row => row.Revision, next.Revision).SetProperty(row => row.Attempt, next.Attempt)
                        .SetProperty(row => row.Lease, next.Lease).SetProperty(row => row.LeaseUntil, next.LeaseUntil).SetProperty(row => row.Progress, next.Progress)
                        .SetProperty(row => row.Step, next.Step).SetProperty(row => row.CandidateVersion, next.CandidateVersion).SetProperty(row => row.ParentVersion, next.ParentVersion)
                        .SetProperty(row => row.ParentDigest, next.ParentDigest).SetProperty(row => row.Candidate, next.Candidate).SetProperty(row => row.ArtifactDigest, next.ArtifactDigest)
                        .SetProperty(row => row.Failure, next.Failure).SetProperty(row => row.EndedAt, next.EndedAt),
                    cancel);
                if (changed == 0) return false;
                db.Add(change with { LeafId = id });
                await db.SaveChangesAsync(cancel);
                return true;
            },
            cancellationToken);
        if (leaf is null) return null;
        signal.Raise();
        return next;
    }

    /// <summary>Holds the lease and keeps where the work is; false where it is not this worker's any more: stop.</summary>
    public async Task<bool> ProgressAsync(Guid id, string lease, double fraction, string? step, DateTimeOffset leaseUntil, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.RetrainingRuns.Where(row => row.Id == id && row.Lease == lease && row.State == RunState.Running).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Progress, fraction).SetProperty(row => row.Step, step).SetProperty(row => row.LeaseUntil, leaseUntil), cancellationToken) == 1;
    }

    private RetrainingChangeRow ChangeOf(RetrainingRunRow run, string actor, string? detail, string? report)
    {
        DateTimeOffset now = commit.Now();
        return new RetrainingChangeRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = run.Namespace,
            RunId = run.Id,
            Revision = run.Revision,
            State = run.State,
            Attempt = run.Attempt,
            Actor = actor,
            At = now,
            Detail = detail,
            Candidate = run.Candidate,
            CandidateVersion = run.CandidateVersion,
            ArtifactDigest = run.ArtifactDigest,
            Report = report,
        };
    }
}
