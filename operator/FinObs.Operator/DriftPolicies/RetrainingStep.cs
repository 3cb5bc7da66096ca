using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Operator.DataPlane;
using FinObs.Operator.ModelVersions;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Status;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.DriftPolicies;

/// <summary>
/// Gives the data plane's retraining run a Job and its candidate an object. Which run, the data plane says (drift, the clock, people); a run has one Job, and a Job that is gone for good ends its run, so that nobody waits for it.
/// </summary>
internal sealed class RetrainingStep(
    RetrainingClient runs, Resources<V1Job> jobs, RetrainingGuards guards, CandidateObject candidates, IOptions<ScorerOptions> options, TimeProvider time) : IPolicyStep<DriftPolicy, DriftPolicyStatus>
{
    public async Task<DriftPolicyStatus> TakeAsync(DriftPolicy resource, DriftPolicyStatus told, ConditionSet conditions, CancellationToken cancellationToken)
    {
        RetrainingJob wish = resource.Spec.Actions?.FirstOrDefault(action => action.Type == DriftActionType.Retrain)?.Job ?? new RetrainingJob();
        told = await AskedForAsync(resource, wish, told, cancellationToken);
        if (told.LastJob is { Worker: RetrainingWorker.Job, RunId: { } run } last)
        {
            try
            {
                told = told with { LastJob = await WithJobAsync(resource, wish, run, last, cancellationToken) };
            }
            catch (ApiException e) when (e.IsInvalid || e.Status == System.Net.HttpStatusCode.Forbidden)
            {
                string why = $"The API server refuses what the retraining needs: {e.Message}";
                conditions.Set(DriftPolicyConditions.RetrainRunning, ConditionStatus.False, DriftPolicyReasons.JobNotAdmitted, why);

                // Without the candidate's name: it was not made.
                return told with { LastJob = last with { ResultVersion = null }, BlockedOn = Wait(resource, "Cluster", why) };
            }
        }

        Say(conditions, told.LastJob);
        return told;
    }

    /// <summary>The annotation's value is part of the key: however often it is asked, it is one run.</summary>
    private async Task<DriftPolicyStatus> AskedForAsync(DriftPolicy policy, RetrainingJob wish, DriftPolicyStatus told, CancellationToken cancellationToken)
    {
        string? handled = policy.Status?.LastHandledRetrainNow;
        if (policy.Metadata.Annotations?.GetValueOrDefault(WellKnown.RetrainNow) is not { Length: > 0 } wanted || wanted == handled) return told with { LastHandledRetrainNow = handled };

        string why = policy.Metadata.Annotations.GetValueOrDefault(WellKnown.ChangeReason) ?? "asked for";
        string? refusal = await runs.RequestAsync(
            policy.Metadata.Namespace ?? "", policy.Spec.ModelRef.Model, time.GetUtcNow() - wish.DataWindow.Value, $"{WellKnown.RetrainNow} of the drift policy {policy.Metadata.Name}: {why}", $"now:{policy.Metadata.Uid}:{wanted}", cancellationToken);
        return refusal is null
            ? told with { LastHandledRetrainNow = wanted }
            : told with { LastHandledRetrainNow = handled, BlockedOn = Wait(policy, "Retraining", $"The retraining that {WellKnown.RetrainNow} asks for is refused: {refusal}") };
    }

    private async Task<RetrainingStatus> WithJobAsync(DriftPolicy policy, RetrainingJob wish, string run, RetrainingStatus last, CancellationToken cancellationToken)
    {
        string name = RetrainingJobSpec.NameOf(policy, run);
        V1Job? job = jobs.Find(new ResourceKey(policy.Metadata.Namespace ?? "", name));
        bool isOpen = last.Phase is RetrainingPhase.Queued or RetrainingPhase.Running;
        if (job is null && isOpen)
        {
            await guards.ApplyAsync(policy, cancellationToken);
            job = await CreateAsync(RetrainingJobSpec.Build(policy, wish, run, options.Value), cancellationToken);
        }

        JobObservation? seen = job is null ? null : JobObservation.Of(job);
        if (isOpen && seen is { Failure: { } failure })
        {
            await runs.CancelAsync(run, failure, cancellationToken);
            last = last with { Phase = RetrainingPhase.Failed };
        }

        if (last.Phase == RetrainingPhase.Cancelled && seen is { Failure: not null }) last = last with { Phase = RetrainingPhase.Failed };
        if (last.Phase == RetrainingPhase.Cancelled && job is { Metadata.DeletionTimestamp: null } && seen is { IsOver: false }) await jobs.DeleteAsync(job, cancellationToken);
        if (last is { Phase: RetrainingPhase.Succeeded, ResultVersion: { } candidate } && !WasMade(policy, run, candidate)) await candidates.MakeAsync(policy, wish, run, candidate, cancellationToken);
        await ForgetOldAsync(policy, wish.History, name, cancellationToken);
        return job is null ? last : last with
        {
            Name = name,
            Message = seen!.Failure ?? (isOpen ? seen.Message : last.Message),
            Logs = $"kubectl logs -n {policy.Metadata.Namespace} job/{name}",
        };
    }

    /// <summary>The status says so once it was made; deleted since, it stays deleted.</summary>
    private static bool WasMade(DriftPolicy policy, string run, string candidate) => policy.Status?.LastJob is { } before && before.RunId == run && before.ResultVersion == candidate;

    /// <summary>Not applied: what a Job's pods are like cannot change, and a later spec is for later runs. Null where it is there already and the cache is about to know.</summary>
    private async Task<V1Job?> CreateAsync(V1Job job, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.CreateAsync(job, cancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return null;
        }
    }

    private async Task ForgetOldAsync(DriftPolicy policy, JobHistory history, string current, CancellationToken cancellationToken)
    {
        // The one that the status speaks of counts, and stays.
        var ended = jobs.OwnedBy(policy.Metadata.Uid!).Where(job => job.Metadata.DeletionTimestamp is null).Select(job => (Job: job, Seen: JobObservation.Of(job))).Where(pair => pair.Seen.IsOver)
            .OrderByDescending(pair => pair.Job.Metadata.Name == current).ThenByDescending(pair => pair.Job.Metadata.CreationTimestamp).ToList();
        IEnumerable<V1Job> old = ended.Where(pair => pair.Seen.Failure is null).Skip(history.Succeeded).Concat(ended.Where(pair => pair.Seen.Failure is not null).Skip(history.Failed)).Select(pair => pair.Job);
        foreach (V1Job job in old.Where(job => job.Metadata.Name != current)) await jobs.DeleteAsync(job, cancellationToken);
    }

    private BlockedOn Wait(DriftPolicy policy, string gate, string hint) => BlockedOnGate.Of(policy.Status?.BlockedOn, gate, hint, time.GetUtcNow());

    private static void Say(ConditionSet conditions, RetrainingStatus? last)
    {
        (ConditionStatus status, string reason, string message) = last switch
        {
            null => (ConditionStatus.Unknown, DriftPolicyReasons.NoJob, "None was asked for."),
            { Phase: RetrainingPhase.Queued } => (ConditionStatus.True, DriftPolicyReasons.JobRunning, $"{last.Name} waits for its worker. {last.Message}"),
            { Phase: RetrainingPhase.Running } => (ConditionStatus.True, DriftPolicyReasons.JobRunning, $"{last.Name} has done {last.Progress ?? 0} %{(last.Step is { } step ? $" ({step})" : "")}. {last.Message}"),
            { Phase: RetrainingPhase.Succeeded } => (ConditionStatus.False, DriftPolicyReasons.JobSucceeded, $"{last.Name} has trained the candidate {last.ResultVersion}, which decides nothing."),
            { Phase: RetrainingPhase.Refused } => (ConditionStatus.False, DriftPolicyReasons.JobSucceeded, $"{last.Name} has trained nothing better than what there is: /v1/retraining-runs/{last.RunId} says by how much."),
            { Phase: RetrainingPhase.Cancelled } => (ConditionStatus.False, DriftPolicyReasons.JobFailed, $"{last.Name} was stopped. {last.Message}"),
            _ => (ConditionStatus.False, DriftPolicyReasons.JobFailed, last.Message ?? $"{last.Name} has failed."),
        };
        conditions.Set(DriftPolicyConditions.RetrainRunning, status, reason, message);
    }
}
