using System.Diagnostics;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Status;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Policies;

/// <summary>
/// For the kinds upon which the data plane alone acts: hands the spec and the Secrets that it names to the data plane, copies back what it says, and lets an object go
/// only once the data plane has let it go. What a kind also needs of the cluster is an <see cref="IPolicyStep{T, TStatus}"/>.
/// </summary>
internal sealed class PolicyReconciler<T, TSpec, TStatus>(
    ResourceSubmitter submitter, IEnumerable<IPolicyStep<T, TStatus>> steps, StatusWriter<T> statuses, EventRecorder events, IOptions<DataPlaneOptions> options, TimeProvider time) : IReconciler<T>
    where T : CustomResource<TSpec, TStatus>
    where TSpec : ResourceSpec
    where TStatus : ResourceStatus, new()
{
    public string Finalizer => WellKnown.Finalizer;

    public async Task<ReconcileResult> ReconcileAsync(T resource, CancellationToken cancellationToken)
    {
        using Activity? span = ChangeTrace.Start(resource);
        ConditionSet conditions = Conditions(resource);
        TStatus status = (resource.Status ?? new TStatus()) with { LastHandledReconcileAt = resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.RequestedAt) ?? resource.Status?.LastHandledReconcileAt };

        if (resource.Spec.Suspend)
        {
            await WriteAsync(resource, conditions, Unlooked(resource, status, conditions, CommonReasons.Suspended, "spec.suspend is true: everything stays as it is.", plan: null), cancellationToken);
            return ReconcileResult.Done;
        }

        if (resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.DryRun) == "true")
        {
            IReadOnlyList<string> would = await submitter.PlanAsync(resource, cancellationToken);
            IReadOnlyList<string> plan = would.Count > 0 ? would : ["nothing: the data plane has this spec"];
            await WriteAsync(resource, conditions, Unlooked(resource, status, conditions, CommonReasons.DryRun, "Only a plan was made: see status.plan.", plan), cancellationToken);
            return ReconcileResult.Done;
        }

        Submitted submitted = await submitter.SubmitAsync(resource, cancellationToken);
        status = submitted is { Obstacle: { } obstacle } ? Stopped(resource, status, conditions, obstacle) : await FollowAsync(resource, status, conditions, submitted, cancellationToken);
        await WriteAsync(resource, conditions, status, cancellationToken);
        return ReconcileResult.Again(status.BlockedOn is { } blocked ? Patience.After(blocked, time.GetUtcNow(), options.Value.StatusPeriod) : options.Value.StatusPeriod);
    }

    public async Task<ReconcileResult> FinalizeAsync(T resource, CancellationToken cancellationToken)
    {
        using Activity? span = ChangeTrace.Start(resource);
        if (await submitter.RemoveAsync(resource, cancellationToken) is not { } obstacle)
        {
            events.Record(resource, EventType.Normal, "Drained", ChangeTrace.Mark("The data plane has let it go."));
            return ReconcileResult.Done;
        }

        ConditionSet conditions = Conditions(resource);
        conditions.Reconciling(CommonReasons.Draining, "Being drained before it is deleted.");
        TStatus status = (resource.Status ?? new TStatus()) with { BlockedOn = Wait(resource, obstacle), Conditions = conditions.All() };
        await WriteAsync(resource, conditions, status, cancellationToken);
        return ReconcileResult.Again(Patience.After(status.BlockedOn, time.GetUtcNow(), options.Value.StatusPeriod));
    }

    /// <summary>The steps by what the data plane said. Where it stops answering in between, the status says so and they are taken again.</summary>
    private async Task<TStatus> FollowAsync(T resource, TStatus before, ConditionSet conditions, Submitted submitted, CancellationToken cancellationToken)
    {
        TStatus status = Told(before, conditions, submitted);
        try
        {
            foreach (IPolicyStep<T, TStatus> step in steps) status = await step.TakeAsync(resource, status, conditions, cancellationToken);
        }
        catch (DataPlaneUnreachableException e)
        {
            return Stopped(resource, before, conditions, new Obstacle(CommonReasons.DataPlaneUnreachable, "DataPlane", e.Message, IsForGood: false));
        }

        return status with { Conditions = conditions.All() };
    }

    /// <summary>What the data plane says of this spec.</summary>
    private static TStatus Told(TStatus before, ConditionSet conditions, Submitted submitted)
    {
        TStatus theirs = submitted.Status?.Status.Deserialize<TStatus>(ResourceJson.Lenient) ?? new TStatus();
        foreach (Condition condition in theirs.Conditions ?? []) conditions.Set(condition.Type, condition.Status, condition.Reason, condition.Message);
        return theirs with
        {
            LastHandledReconcileAt = before.LastHandledReconcileAt,
            TraceId = theirs.TraceId ?? submitted.Answer?.TraceId ?? before.TraceId,
            Conditions = conditions.All(),
        };
    }

    /// <summary>The data plane does not have this spec: what it had before stays in force, and in the status.</summary>
    private TStatus Stopped(T resource, TStatus before, ConditionSet conditions, Obstacle obstacle)
    {
        if (obstacle.IsForGood)
        {
            conditions.Stalled(obstacle.Reason, obstacle.Message);
            conditions.Set(ConditionTypes.Ready, ConditionStatus.False, obstacle.Reason, obstacle.Message);
        }
        else
        {
            conditions.Reconciling(obstacle.Reason, obstacle.Message);
            conditions.Set(ConditionTypes.Ready, ConditionStatus.Unknown, obstacle.Reason, obstacle.Message);
        }

        return before with
        {
            ObservedGeneration = obstacle.IsForGood ? resource.Metadata.Generation ?? 0 : before.ObservedGeneration,
            Conditions = conditions.All(),
            BlockedOn = Wait(resource, obstacle),
            Plan = null,
        };
    }

    private static TStatus Unlooked(T resource, TStatus before, ConditionSet conditions, string reason, string message, IReadOnlyList<string>? plan)
    {
        conditions.Set(ConditionTypes.Ready, ConditionStatus.Unknown, reason, message);
        return before with { ObservedGeneration = resource.Metadata.Generation ?? 0, Conditions = conditions.All(), BlockedOn = null, Plan = plan };
    }

    private ConditionSet Conditions(T resource) => new(resource.Status?.Conditions, resource.Metadata.Generation ?? 0, time.GetUtcNow());

    private BlockedOn Wait(T resource, Obstacle obstacle) => BlockedOnGate.Of(resource.Status?.BlockedOn, obstacle.Gate, obstacle.Message, time.GetUtcNow());

    private async Task WriteAsync(T resource, ConditionSet conditions, TStatus status, CancellationToken cancellationToken)
    {
        await statuses.WriteAsync(resource, resource with { Status = status }, cancellationToken);
        events.Record(resource, conditions.Transitions, status.TraceId);
    }
}
