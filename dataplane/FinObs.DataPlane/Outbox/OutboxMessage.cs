namespace FinObs.DataPlane.Outbox;

/// <summary>
/// What a commit leaves behind for the sequencer to number: an event of the stream (<see cref="Topic"/>), an audit leaf (<see cref="LeafId"/>), or both. Written in the transaction of the act itself,
/// removed in the transaction that numbers it.
/// </summary>
internal sealed record OutboxMessage
{
    /// <summary>Version 7: the order in which the sequencer takes what it sees.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The event's name, e.g. <c>decision.made</c>; null where nothing but a leaf is to be numbered.</summary>
    public string? Topic { get; init; }

    /// <summary>What the event is about, e.g. a transaction's id.</summary>
    public Guid? SubjectId { get; init; }

    public Guid? LeafId { get; init; }

    public byte[]? LeafHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>W3C trace context of the act.</summary>
    public string? Traceparent { get; init; }
}
