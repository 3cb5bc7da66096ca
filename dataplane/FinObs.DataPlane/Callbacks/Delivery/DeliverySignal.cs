using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>There may be something to deliver, or more room to do it.</summary>
internal sealed class DeliverySignal : Signal;
