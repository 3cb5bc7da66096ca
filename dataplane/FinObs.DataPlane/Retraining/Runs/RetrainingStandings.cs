using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Pii;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>Says which run a drift policy looks after, and how it stands. By the keys that runs were asked for with: <c>drift:UID:…</c> and <c>now:UID:…</c> are a policy's own, all others are those of the first policy.</summary>
internal sealed class RetrainingStandings(RetrainingRuns runs, PiiGuard pii, IOptions<RetrainingOptions> options) : IRetrainingStandings
{
    /// <summary>Runs of a model that are looked through, newest first: there is one a week, and one for each drift.</summary>
    private const int Newest = 100;

    private static readonly string[] OfPolicies = ["drift:", "now:"];

    public async Task<RetrainingStatus?> OfAsync(string @namespace, string model, string policyUid, bool isFirst, CancellationToken cancellationToken)
    {
        List<RetrainingRunRow> its = [.. (await runs.PageAsync(@namespace, model, null, null, Newest, cancellationToken)).Where(run => IsFor(run.DedupeKey, policyUid, isFirst))];
        return (its.LastOrDefault(run => !run.IsOver) ?? its.FirstOrDefault()) is { } run ? StatusOf(run) : null;
    }

    private static bool IsFor(string key, string policyUid, bool isFirst) => Array.Find(OfPolicies, prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } own
        ? key.StartsWith($"{own}{policyUid}:", StringComparison.Ordinal)
        : isFirst;

    private RetrainingStatus StatusOf(RetrainingRunRow run) => new()
    {
        Name = $"run-{run.Id}",
        Phase = run switch
        {
            { State: RunState.Queued } => RetrainingPhase.Queued,
            { State: RunState.Running } => RetrainingPhase.Running,
            { State: RunState.Cancelled } => RetrainingPhase.Cancelled,
            { State: RunState.Failed } => RetrainingPhase.Failed,
            { Candidate: CandidateOutcome.Refused } => RetrainingPhase.Refused,
            _ => RetrainingPhase.Succeeded,
        },
        ResultVersion = run.Candidate == CandidateOutcome.Registered ? run.ResourceName : null,
        RunId = run.Id.ToString(),
        Worker = options.Value.Runner switch
        {
            RetrainingRunner.ChildProcess => RetrainingWorker.DataPlane,
            RetrainingRunner.Job => RetrainingWorker.Job,
            _ => RetrainingWorker.Other,
        },
        Trigger = run.Trigger,
        Message = pii.Clean(run.Failure ?? run.Reason),
        Progress = (int)Math.Round(run.Progress * 100),
        Step = run.Step,
        RequestedAt = run.RequestedAt,
        EndedAt = run.EndedAt,
    };
}
