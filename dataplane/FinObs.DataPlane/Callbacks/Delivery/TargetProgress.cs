using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>How deliveries to one target go, as the replica that serves it knows. Guarded by its own lock: attempts end on any thread.</summary>
internal sealed class TargetProgress(ResourceKey key)
{
    private readonly Lock _gate = new();
    private readonly CircuitBreaker _breaker = new();
    private CallbackStateRow _row = new() { Namespace = key.Namespace, Target = key.Name };

    /// <summary>Why the target is to be disabled; null while it is not.</summary>
    public string? DisableBecause { get; private set; }

    /// <summary>As it is to be written.</summary>
    public CallbackStateRow Row
    {
        get
        {
            lock (_gate)
            {
                return _row with { Breaker = _breaker.State, OpenUntil = _breaker.OpenUntil, Consecutive = _breaker.Consecutive };
            }
        }
    }

    /// <summary>Goes on from what was written last, by whomever.</summary>
    public void Resume(CallbackStateRow? row)
    {
        lock (_gate)
        {
            DisableBecause = null;
            if (row is not null)
            {
                _row = row;
                _breaker.Resume(row);
            }
        }
    }

    /// <summary>How many may be under way at once, and otherwise when to look again.</summary>
    public (int Room, DateTimeOffset? NotBefore) Room(CallbackTargetSpec spec, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_row.ThrottledUntil is { } until && until > now && until - now <= RetrySchedule.LongestRetryAfter)
            {
                return (0, until);
            }

            int room = _breaker.Room(spec.Delivery.MaxInFlight, now, spec.CircuitBreaker.OpenFor.Value);
            return (room, room == 0 ? _breaker.OpenUntil : null);
        }
    }

    /// <summary>Takes note of what came of one attempt.</summary>
    public void Record(SendOutcome outcome, CallbackTargetSpec spec, int attempt, string? resolvedIps, DateTimeOffset now)
    {
        lock (_gate)
        {
            _breaker.Record(outcome.IsSuccess, spec.CircuitBreaker, now);
            if (outcome.IsSuccess)
            {
                _row = _row with { LastSuccess = now, FailingSince = null, ThrottledUntil = null, ResolvedIps = resolvedIps ?? _row.ResolvedIps };
                return;
            }

            TimeSpan? patience = outcome.RetryAfter > RetrySchedule.LongestRetryAfter ? RetrySchedule.LongestRetryAfter : outcome.RetryAfter;
            _row = _row with
            {
                FailingSince = _row.FailingSince ?? now,
                ThrottledUntil = patience is { } asked ? now + asked : _row.ThrottledUntil,
                LastFailureAt = now,
                LastFailureStatus = outcome.Status,
                LastFailureReason = outcome.Reason,
                LastFailureDetail = outcome.Detail,
                LastFailureAttempt = attempt,
                ResolvedIps = resolvedIps ?? _row.ResolvedIps,
            };
            if (outcome.IsGone)
            {
                DisableBecause = "The receiver answered 410 Gone: it wants nothing more.";
            }
            else if (now - _row.FailingSince >= spec.DisableAfter.Value)
            {
                DisableBecause = $"Nothing has arrived for {spec.DisableAfter} (spec.disableAfter); last: {outcome.Detail}";
            }
        }
    }
}
