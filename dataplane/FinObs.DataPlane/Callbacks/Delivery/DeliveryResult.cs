using FinObs.DataPlane.Callbacks.Store;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>What is to be written of one attempt, and whom to tell once it is.</summary>
/// <param name="Line">Who made it.</param>
/// <param name="Row">The message, as it was before.</param>
internal sealed record DeliveryResult(TargetLine Line, CallbackDeliveryRow Row)
{
    /// <summary>Null where there was no attempt.</summary>
    public CallbackAttemptRow? Attempt { get; init; }

    /// <summary>It is tried again: its attempts and when; null = it waits no more.</summary>
    public CallbackDeliveryRow? Later { get; init; }

    /// <summary>It was given up.</summary>
    public CallbackDeadLetterRow? Dead { get; init; }
}
