using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;

namespace FinObs.DataPlane.Callbacks.FanOut;

/// <summary>Who wants to hear of what: one target's event types and filter.</summary>
internal sealed class Subscription(string name, CallbackTargetSpec spec)
{
    private readonly double? _minScore = (double?)spec.Filter?.MinScore;

    public string Name => name;

    /// <summary>The delivery of an event; null where this target does not want it.</summary>
    public CallbackDeliveryRow? Of(CallbackCandidate candidate, DateTimeOffset now)
    {
        string? wanted = Passes(candidate) ? TypeOf(candidate) : null;
        if ((wanted ?? (candidate.Targets.Contains(name) ? candidate.Types[0] : null)) is not { } type)
        {
            return null;
        }

        return new CallbackDeliveryRow
        {
            Id = CallbackIds.Of(name, candidate.Event),
            Namespace = candidate.Event.Namespace,
            Target = name,
            Type = type,
            Topic = candidate.Event.Topic,
            EventId = candidate.Event.EventId,
            SubjectId = candidate.Event.SubjectId,
            EventAt = candidate.Event.CreatedAt,
            OrderKey = spec.Delivery.Ordering == DeliveryOrdering.PerKey ? candidate.OrderKey : null,
            Traceparent = candidate.Event.Traceparent,
            DueAt = now,
            CreatedAt = now,
        };
    }

    /// <summary>One event is one message, also where a target has subscribed to two of its names: by the most specific.</summary>
    private string? TypeOf(CallbackCandidate candidate) => candidate.Types.FirstOrDefault(spec.EventTypes.Contains);

    /// <summary>A filter is about decisions; an event without one passes no filter that asks for something.</summary>
    private bool Passes(CallbackCandidate candidate) =>
        (_minScore is not { } least || candidate.Score >= least)
        && (spec.Filter?.Decisions is not { Count: > 0 } decisions || (candidate.Decision is { } decision && decisions.Contains(decision)))
        && (spec.Filter?.Models is not { Count: > 0 } models || (candidate.Model is { } model && models.Contains(model)));
}
