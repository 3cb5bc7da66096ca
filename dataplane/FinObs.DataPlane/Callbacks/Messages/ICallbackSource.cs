using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>What is known of one event before anybody is told of it: enough to see who wants to hear it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Types">What targets may call it, the most specific first.</param>
internal sealed record CallbackCandidate(StreamEvent Event, IReadOnlyList<string> Types)
{
    /// <summary>What was decided; null where nothing was.</summary>
    public DecisionKind? Decision { get; init; }

    /// <summary>0..1; null where there is none.</summary>
    public double? Score { get; init; }

    /// <summary>Which model.</summary>
    public string? Model { get; init; }

    /// <summary>Targets that somebody has named: they are told whatever they have subscribed to.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Hash of whose event it is; null where it is nobody's.</summary>
    public long? OrderKey { get; init; }
}

/// <summary>An event that is to be told: what identifies it.</summary>
/// <param name="Type">As the target calls it.</param>
/// <param name="At">When it happened.</param>
/// <param name="Subject">What it is about.</param>
internal sealed record CallbackEvent(string Type, DateTimeOffset At, Guid Subject);

/// <summary>
/// Knows the events of one topic: what can be filtered by, and what a message says. A producer of a further topic registers one; it is asked for many events at once.
/// </summary>
internal interface ICallbackSource
{
    /// <summary>The topic in the log of events.</summary>
    string Topic { get; }

    /// <summary>The events as candidates, in their order; those that nothing is left of are left out.</summary>
    Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken);

    /// <summary>The bodies by subject. The same event gives the same body, whenever it is asked for; what nothing is left of is left out.</summary>
    Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackEvent> events, CallbackPayload payload, CancellationToken cancellationToken);
}
