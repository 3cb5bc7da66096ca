using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Targets;

/// <summary>Says how deliveries to a target go.</summary>
internal sealed class CallbackStatuses(IDatabase database, DeliveryStore deliveries, TimeProvider time)
{
    private const double Percentile = 0.95;

    public async Task<ResourceStatus> OfAsync(StoredResource resource, CallbackEndpoint? endpoint, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        CallbackStateRow row = await deliveries.StateAsync(resource.Key, cancellationToken) ?? new CallbackStateRow { Namespace = resource.Key.Namespace, Target = resource.Key.Name };
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CallbackDeliveryRow> waiting = db.CallbackDeliveries.Where(delivery => delivery.Namespace == resource.Key.Namespace && delivery.Target == resource.Key.Name);
        return new CallbackTargetStatus
        {
            State = StateOf(row, now),
            DisabledReason = row.DisabledReason,
            LastSuccess = row.LastSuccess,
            LastFailure = FailureOf(row),
            Stats24h = await StatsAsync(db, resource.Key, now, cancellationToken),
            QueueDepth = await waiting.LongCountAsync(cancellationToken),
            DeadLetters = await db.CallbackDeadLetters.LongCountAsync(letter => letter.Namespace == resource.Key.Namespace && letter.Target == resource.Key.Name, cancellationToken),
            OldestPending = await waiting.MinAsync(delivery => (DateTimeOffset?)delivery.CreatedAt, cancellationToken),
            Signing = SigningOf(endpoint),
            ResolvedIps = row.ResolvedIps?.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Conditions = Conditions(resource, row, endpoint, now),
        };
    }

    public static CallbackState StateOf(CallbackStateRow row, DateTimeOffset now) => row switch
    {
        { DisabledAt: not null } => CallbackState.Disabled,
        { Breaker: BreakerState.Open or BreakerState.HalfOpen } => CallbackState.CircuitOpen,
        { ThrottledUntil: { } until } when until > now => CallbackState.Throttled,
        _ => CallbackState.Active,
    };

    private static CallbackFailure? FailureOf(CallbackStateRow row) => row.LastFailureAt is { } at
        ? new CallbackFailure { At = at, Attempt = row.LastFailureAttempt, Code = row.LastFailureStatus == 0 ? null : row.LastFailureStatus, Reason = row.LastFailureDetail ?? row.LastFailureReason ?? "" }
        : null;

    private static SigningStatus? SigningOf(CallbackEndpoint? endpoint) => endpoint?.Keys is { KeyId: { } id } keys
        ? new SigningStatus { KeyId = id, PreviousKeyId = keys.PreviousKeyId, PreviousValidUntil = keys.PreviousValidUntil, PublicKey = keys.Current?.PublicKey }
        : null;

    /// <summary>Whole hours: the counts are kept by the hour.</summary>
    private static async Task<CallbackStats> StatsAsync(FinObsDbContext db, ResourceKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset since = now - TimeSpan.FromHours(24);
        var counts = await db.CallbackCounts.Where(row => row.Namespace == key.Namespace && row.Target == key.Name && row.Hour >= since)
            .GroupBy(row => new { row.Outcome, row.Bucket }).Select(group => new { group.Key.Outcome, group.Key.Bucket, Count = group.Sum(row => row.Count) })
            .ToListAsync(cancellationToken);
        long Sum(AttemptOutcome outcome) => counts.Where(row => row.Outcome == outcome).Sum(row => row.Count);
        long delivered = Sum(AttemptOutcome.Delivered), below = 0;
        int? p95 = null;
        foreach (var row in counts.Where(row => row.Outcome == AttemptOutcome.Delivered).OrderBy(row => row.Bucket))
        {
            below += row.Count;
            p95 ??= below >= Percentile * delivered ? LatencyBuckets.UpperMs(row.Bucket) : null;
        }

        return new CallbackStats { Delivered = delivered, Failed = Sum(AttemptOutcome.Failed), Retrying = Sum(AttemptOutcome.Retrying), P95Ms = p95 };
    }

    /// <summary>Secrets were there when it was submitted, or it would not have been taken; of the operator's the operator says so.</summary>
    private static Condition[] Conditions(StoredResource resource, CallbackStateRow row, CallbackEndpoint? endpoint, DateTimeOffset now)
    {
        Condition[] specific = [Reachable(row, now), Delivering(row, endpoint, now)];
        Condition ready = specific.FirstOrDefault(condition => condition.Status == ConditionStatus.False) is { } blamed
            ? Condition(ConditionTypes.Ready, ConditionStatus.False, blamed.Reason, blamed.Message, now)
            : Condition(ConditionTypes.Ready, ConditionStatus.True, CommonReasons.Succeeded, row.LastSuccess is null ? "It waits for its first event." : "It is told of its events.", now);
        return resource.Row.ManagedBy == ResourceOwner.Operator
            ? [.. specific, ready]
            : [Condition(CallbackTargetConditions.SecretResolved, ConditionStatus.True, CallbackTargetReasons.SecretsFound, "The Secrets that it refers to came with it.", now), .. specific, ready];
    }

    private static Condition Reachable(CallbackStateRow row, DateTimeOffset now)
    {
        bool isLastFailure = row.LastFailureAt is { } failure && !(row.LastSuccess > failure);
        return (row.LastSuccess, isLastFailure) switch
        {
            (_, true) => Condition(CallbackTargetConditions.EndpointReachable, ConditionStatus.False, row.LastFailureReason!, row.LastFailureDetail ?? "", now),
            (null, _) => Condition(CallbackTargetConditions.EndpointReachable, ConditionStatus.Unknown, CallbackTargetReasons.NotYetTried, "Nothing was sent to it yet.", now),
            _ => Condition(CallbackTargetConditions.EndpointReachable, ConditionStatus.True, CallbackTargetReasons.Answered, "It answered the last time.", now),
        };
    }

    private static Condition Delivering(CallbackStateRow row, CallbackEndpoint? endpoint, DateTimeOffset now)
    {
        if (endpoint?.Problem is { } problem)
        {
            return Condition(CallbackTargetConditions.Delivering, ConditionStatus.False, CallbackTargetReasons.KeyUnusable, problem, now);
        }

        return StateOf(row, now) switch
        {
            CallbackState.Disabled => Condition(CallbackTargetConditions.Delivering, ConditionStatus.False, CallbackTargetReasons.Disabled, $"{row.DisabledReason} New messages go to the dead letters; enable it to go on.", now),
            CallbackState.CircuitOpen => Condition(CallbackTargetConditions.Delivering, ConditionStatus.False, CallbackTargetReasons.CircuitOpen, $"It fails too often and is left alone; it is tried again at {row.OpenUntil:u}.", now),
            CallbackState.Throttled => Condition(CallbackTargetConditions.Delivering, ConditionStatus.True, CallbackTargetReasons.Throttled, $"It has asked for patience until {row.ThrottledUntil:u}.", now),
            _ => Condition(CallbackTargetConditions.Delivering, ConditionStatus.True, CallbackTargetReasons.Active, "Messages are delivered.", now),
        };
    }

    private static Condition Condition(string type, ConditionStatus status, string reason, string message, DateTimeOffset now) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = now };
}
