using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>Decides what becomes of a message after an attempt: it has arrived, is tried again, or is given up.</summary>
internal sealed class AttemptResults(TargetProgress progress, Random random, TimeProvider time)
{
    public DeliveryResult Of(TargetLine line, CallbackEndpoint endpoint, CallbackDeliveryRow row, byte[] body, SendOutcome outcome)
    {
        DateTimeOffset now = time.GetUtcNow();
        int attempt = row.Attempts + 1;
        progress.Record(outcome, endpoint.Spec, attempt, endpoint.ResolvedIps, now);
        CallbackDeliveryRow? later = outcome.IsSuccess ? null : Later(endpoint, row, attempt, outcome, now);
        string whyDead = endpoint.IsDraining ? DeadLetterReasons.Deleted : outcome.IsGone ? DeadLetterReasons.Disabled : DeadLetterReasons.Exhausted;
        AttemptOutcome came = outcome.IsSuccess ? AttemptOutcome.Delivered : later is null ? AttemptOutcome.Failed : AttemptOutcome.Retrying;
        CallbackMetrics.Attempted(came, outcome.Took);
        return new DeliveryResult(line, row)
        {
            Attempt = Attempts.Of(endpoint, row, body, outcome, came),
            Later = later,
            Dead = came == AttemptOutcome.Failed ? CallbackDeadLetterRow.Of(row with { Attempts = attempt }, whyDead, outcome.Status, now) : null,
        };
    }

    private CallbackDeliveryRow? Later(CallbackEndpoint endpoint, CallbackDeliveryRow row, int attempt, SendOutcome outcome, DateTimeOffset now)
    {
        if (endpoint.IsDraining || outcome.IsGone)
        {
            return null;
        }

        double chance;
        lock (random)
        {
            chance = random.NextDouble();
        }

        return new RetrySchedule(endpoint.Spec.Delivery).After(attempt, outcome.RetryAfter, chance) is { } delay ? row with { Attempts = attempt, DueAt = now + delay } : null;
    }
}
