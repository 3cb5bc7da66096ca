using System.Collections.Concurrent;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Targets;

/// <summary>The targets that this process could serve, and those that are suspended.</summary>
internal sealed class CallbackEndpoints(EndpointSignal changed, DeliverySignal deliveries)
{
    private readonly ConcurrentDictionary<ResourceKey, CallbackEndpoint> _endpoints = [];

    public ICollection<ResourceKey> Keys => _endpoints.Keys;

    public CallbackEndpoint? Find(ResourceKey key) => _endpoints.GetValueOrDefault(key);

    /// <summary>Puts a newer revision in place. Whatever is under way keeps the older one, whose connections go with the last of it.</summary>
    public void Set(CallbackEndpoint endpoint)
    {
        _endpoints[endpoint.Key] = endpoint;
        changed.Raise();
        deliveries.Raise();
    }

    public void Forget(ResourceKey key)
    {
        _endpoints.TryRemove(key, out _);
        changed.Raise();
        deliveries.Raise();
    }
}

/// <summary>A target came, changed or went.</summary>
internal sealed class EndpointSignal : Signal;
