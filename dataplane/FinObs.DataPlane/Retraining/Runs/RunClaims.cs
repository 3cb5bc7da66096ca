using System.Security.Cryptography;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Retraining.Candidates;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>Who works on which run. A worker holds a lease by saying something; one that falls silent loses it, and the next attempt begins from the start: the window is frozen, so it comes to the same.</summary>
internal sealed class RunClaims(RetrainingRuns runs, CandidateVersions versions, AuditedCommit commit, IOptions<RetrainingOptions> options)
{
    public const string Actor = "system:retraining";
    private const int LeaseBytes = 16;

    /// <summary>Takes this run; null where it is over or somebody has it.</summary>
    public async Task<RetrainingRunRow?> TakeAsync(Guid id, string worker, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (await runs.FindAsync(id, cancellationToken) is not { } run || run.IsOver || (run.State == RunState.Running && run.LeaseUntil > now))
        {
            return null;
        }

        if (await EndOverdueAsync(run, now, cancellationToken))
        {
            return null;
        }

        RetrainingRunRow next = run.CandidateVersion is null ? await versions.AssignAsync(run, cancellationToken) : run;
        return await runs.ChangeAsync(
            next with
            {
                State = RunState.Running,
                Attempt = run.Attempt + 1,
                Lease = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(LeaseBytes)),
                LeaseUntil = now + options.Value.Lease,
                Progress = 0,
                Step = null,
            },
            worker,
            detail: null,
            report: null,
            cancellationToken);
    }

    /// <summary>The oldest that waits or whose worker is gone; those whose time or attempts are used up fail on the way.</summary>
    public async Task<RetrainingRunRow?> TakeNextAsync(string worker, CancellationToken cancellationToken)
    {
        foreach (RetrainingRunRow run in await runs.OpenAsync(100, cancellationToken))
        {
            if (await TakeAsync(run.Id, worker, cancellationToken) is { } taken) return taken;
        }

        return null;
    }

    /// <summary>False: the run is over or another worker's; stop.</summary>
    public async Task<bool> ProgressAsync(Guid id, string lease, double fraction, string? step, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (await runs.FindAsync(id, cancellationToken) is { State: RunState.Running } run && run.DeadlineAt <= now)
        {
            await EndOverdueAsync(run, now, cancellationToken);
            return false;
        }

        return await runs.ProgressAsync(id, lease, fraction, step, now + options.Value.Lease, cancellationToken);
    }

    /// <summary>Fails what took too long or wore out its workers, also where no worker is left to say so.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        foreach (RetrainingRunRow run in await runs.OpenAsync(100, cancellationToken))
        {
            if (run.DeadlineAt <= now || run.State == RunState.Queued || run.LeaseUntil <= now) await EndOverdueAsync(run, now, cancellationToken);
        }
    }

    private async Task<bool> EndOverdueAsync(RetrainingRunRow run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string? why = run.DeadlineAt <= now ? "It was not over in time (Retraining:Deadline)."
            : run.Attempt >= options.Value.MaxAttempts ? $"{run.Attempt} workers fell silent (Retraining:MaxAttempts): look at their logs."
            : null;
        if (why is null) return false;
        await runs.ChangeAsync(run with { State = RunState.Failed, Failure = why, Lease = null, LeaseUntil = null, EndedAt = now }, Actor, why, report: null, cancellationToken);
        return true;
    }
}
