using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Outbound;

namespace FinObs.DataPlane.Callbacks.Targets;

/// <summary>A target as this process can reach it: spec, keys and connections of one revision.</summary>
internal sealed class CallbackEndpoint(ResourceKey key, string uid, CallbackTargetSpec spec, TargetKeys keys, HttpClient client) : IDisposable
{
    public ResourceKey Key => key;

    public string Uid => uid;

    public CallbackTargetSpec Spec => spec;

    public TargetKeys Keys => keys;

    public HttpClient Client => client;

    /// <summary>What we sign in with there.</summary>
    public OutboundCredentials Credentials { get; init; } = OutboundCredentials.None;

    /// <summary>Why nothing can be sent to it, in a sentence; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>It is to go: one attempt each, and no more.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The addresses that its name last resolved to.</summary>
    public string? ResolvedIps { get; set; }

    public void Dispose() => client.Dispose();
}
