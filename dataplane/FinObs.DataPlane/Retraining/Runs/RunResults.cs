using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Retraining.Candidates;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>What a worker has to say at the end.</summary>
/// <param name="Lease">Which worker.</param>
/// <param name="Failure">Why there is nothing; null where there is a report.</param>
/// <param name="Report">What it found, JSON; a candidate comes of it where <c>gate.passed</c> says so and its figures bear that out.</param>
/// <param name="ArtifactDigest">The candidate's artifact, uploaded before.</param>
internal sealed record RunResult(string Lease, string? Failure, string? Report, string? ArtifactDigest);

/// <summary>What became of a result.</summary>
internal abstract record ResultOutcome
{
    internal sealed record Taken(RetrainingRunRow Run) : ResultOutcome;

    /// <summary>The run is over, or another worker's.</summary>
    internal sealed record Late : ResultOutcome;

    /// <summary>It cannot be used.</summary>
    internal sealed record Invalid(string Why) : ResultOutcome;
}

/// <summary>Ends runs. A candidate comes into being here, through the door, and decides nothing.</summary>
internal sealed class RunResults(RetrainingRuns runs, ArtifactStore artifacts, CandidateDoor door, AuditedCommit commit, IOptions<RetrainingOptions> options)
{
    private const int LargestReport = 1 << 20;

    public async Task<ResultOutcome> TakeAsync(Guid id, RunResult result, string actor, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { State: RunState.Running } run || run.Lease != result.Lease)
        {
            return new ResultOutcome.Late();
        }

        RetrainingRunRow over = run with { Lease = null, LeaseUntil = null, EndedAt = commit.Now(), Step = null };
        if (result.Failure is { } failure)
        {
            return await EndAsync(over with { State = RunState.Failed, Failure = failure }, actor, failure, result.Report, cancellationToken);
        }

        if (result.Report is null || result.Report.Length > LargestReport || ReportedGate.Of(result.Report) is not { } gate)
        {
            return new ResultOutcome.Invalid("report must be a JSON object of at most 1 MiB with gate.passed, true or false; where it is true with the figures it follows from: candidate, parent, labelledHoldOutRows, holdOutFrauds.");
        }

        over = over with { State = RunState.Succeeded, Progress = 1 };
        if (!gate.Passed || gate.Refusal is not null)
        {
            string why = gate.Refusal ?? "The candidate is worse than the current version: see the report.";
            return await EndAsync(over with { Candidate = CandidateOutcome.Refused }, actor, why, result.Report, cancellationToken);
        }

        if (result.ArtifactDigest is not { } digest || await artifacts.FindAsync(digest, cancellationToken) is not { } info || info.Model != run.Model || info.Version != run.CandidateVersion)
        {
            return new ResultOutcome.Invalid($"artifactDigest must name an uploaded artifact of {run.Model} {run.CandidateVersion}: PUT /v1/artifacts/{{digest}} first.");
        }

        if (gate.ArtifactDigest is not null && gate.ArtifactDigest != digest)
        {
            return new ResultOutcome.Invalid($"The report is of artifact {gate.ArtifactDigest}, not of {digest}.");
        }

        // Before the run says so: whoever reads "registered" finds the version. Done twice it is the same resource. Where the operator makes an object of it, that comes in by the door in its turn.
        if (options.Value.Runner != RetrainingRunner.Job && await door.PutAsync(run, digest, cancellationToken) is { } refusal)
        {
            return await EndAsync(over with { State = RunState.Failed, Failure = refusal, ArtifactDigest = digest }, actor, refusal, result.Report, cancellationToken);
        }

        return await EndAsync(over with { Candidate = CandidateOutcome.Registered, ArtifactDigest = digest }, actor, null, result.Report, cancellationToken);
    }

    private async Task<ResultOutcome> EndAsync(RetrainingRunRow over, string actor, string? detail, string? report, CancellationToken cancellationToken) =>
        await runs.ChangeAsync(over, actor, detail, report, cancellationToken) is { } ended ? new ResultOutcome.Taken(ended) : new ResultOutcome.Late();
}
