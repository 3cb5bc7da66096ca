using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>Rows of the delivery log.</summary>
internal static class Attempts
{
    public static CallbackAttemptRow Of(CallbackEndpoint endpoint, CallbackDeliveryRow row, ReadOnlySpan<byte> body, SendOutcome outcome, AttemptOutcome came) => new()
    {
        Id = Guid.CreateVersion7(outcome.StartedAt),
        Namespace = row.Namespace,
        Target = row.Target,
        DeliveryId = row.Id,
        SubjectId = row.SubjectId,
        Type = row.Type,
        Attempt = row.Attempts + 1,
        StartedAt = outcome.StartedAt,
        DurationMs = (int)Math.Min(int.MaxValue, Math.Ceiling(outcome.Took.TotalMilliseconds)),
        Outcome = came,
        Status = outcome.Status,
        Reason = outcome.Reason,
        Detail = outcome.Detail,
        Request = Excerpts.OfRequest(body, endpoint.Spec.Payload),
        Response = outcome.Response,
    };
}
