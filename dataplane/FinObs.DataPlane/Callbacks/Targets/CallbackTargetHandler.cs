using System.Net;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Outbound;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Callbacks.Targets;

/// <summary>Makes CallbackTargets so: keys followed, connections ready. In every replica, since any may have to serve any target.</summary>
internal sealed class CallbackTargetHandler(
    CallbackEndpoints endpoints, CallbackKeys keys, CallbackStatuses statuses, DeliveryStore deliveries, SecretVault vault, IDatabase database, IOptions<CallbackOptions> options, TimeProvider time)
    : IResourceHandler
{
    public string Kind => ResourceKinds.CallbackTarget.Name;

    public async Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        CallbackEndpoint endpoint = await MakeAsync(resource, secrets, isDraining: false, cancellationToken);
        endpoints.Set(endpoint);

        // Once the overlap is over, the key before is forgotten.
        return endpoint.Keys.PreviousValidUntil is { } until && until - time.GetUtcNow() is var rest && rest > TimeSpan.Zero ? rest : null;
    }

    public Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken) =>
        statuses.OfAsync(resource, endpoints.Find(resource.Key), cancellationToken);

    /// <summary>It may go once nothing waits for it: each message was tried once more, and what did not arrive is among the dead letters.</summary>
    public async Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        if (await deliveries.IsEmptyAsync(resource.Key, cancellationToken))
        {
            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            await StateStore.BlankAsync(session, new CallbackStateRow { Namespace = resource.Key.Namespace, Target = resource.Key.Name }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return true;
        }

        if (endpoints.Find(resource.Key) is not { IsDraining: true })
        {
            endpoints.Set(await MakeAsync(resource, await vault.OpenAsync(resource.Key, cancellationToken), isDraining: true, cancellationToken));
        }

        return false;
    }

    public void Forget(StoredResource resource) => endpoints.Forget(resource.Key);

    private async Task<CallbackEndpoint> MakeAsync(StoredResource resource, ResourceSecrets secrets, bool isDraining, CancellationToken cancellationToken)
    {
        CallbackTargetSpec spec = ((CallbackTarget)resource.Resource).Spec;
        TargetKeys its = await FollowKeysAsync(resource, spec, secrets, cancellationToken);
        (OutboundCredentials credentials, OutboundAddresses addresses, string? problem) = WayTo(spec, secrets);
        Uplink uplink = new();
        CallbackEndpoint endpoint = new(resource.Key, resource.Row.Uid, spec, its, Client(spec, credentials, addresses, uplink))
        {
            Credentials = credentials,
            IsDraining = isDraining,
            Problem = its.Problem is { } wrong ? $"It cannot be signed: {wrong}." : problem,
        };
        uplink.Resolved = found => endpoint.ResolvedIps = string.Join(',', found.Take(8).Select(address => address.ToString()));
        return endpoint;
    }

    /// <summary>Where a Secret or a range of addresses is not what it has to be, nothing is sent, rather than sent without it.</summary>
    private (OutboundCredentials Credentials, OutboundAddresses Addresses, string? Problem) WayTo(CallbackTargetSpec spec, ResourceSecrets secrets)
    {
        try
        {
            return (OutboundCredentials.Of(spec.Auth, secrets), OutboundAddresses.Of(spec.Network, options.Value.AllowPrivateAddresses, options.Value.AllowedCidrs), null);
        }
        catch (OutboundAuthException refused)
        {
            return (OutboundCredentials.None, new OutboundAddresses(allowPrivate: false, []), refused.Message);
        }
    }

    private HttpClient Client(CallbackTargetSpec spec, OutboundCredentials credentials, OutboundAddresses addresses, Uplink uplink)
    {
        SocketsHttpHandler handler = addresses.CreateHandler(found => uplink.Resolved(found));
        handler.AllowAutoRedirect = false;
        handler.MaxConnectionsPerServer = spec.Delivery.MaxInFlight + 1;
        return new HttpClient(OutboundClient.SignedIn(new Uri(spec.Url), credentials, handler, time)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whichever replica is first writes the rotation down; the others find it written.</summary>
    private async Task<TargetKeys> FollowKeysAsync(StoredResource resource, CallbackTargetSpec spec, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        (TargetKeys its, CallbackStateRow? changed) = keys.Follow(resource.Key, spec.Signing, secrets, await deliveries.StateAsync(resource.Key, cancellationToken));
        if (changed is not null)
        {
            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            await StateStore.WriteKeysAsync(session, changed, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return its;
    }

    /// <summary>The handler is made before the endpoint that wants to hear of its addresses.</summary>
    private sealed class Uplink
    {
        public Action<IPAddress[]> Resolved { get; set; } = static _ => { };
    }
}
