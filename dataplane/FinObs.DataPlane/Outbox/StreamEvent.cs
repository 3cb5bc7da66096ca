namespace FinObs.DataPlane.Outbox;

/// <summary>A numbered event: ids are dense per namespace and given after the commit of the act, so a reader who goes on from the last id misses none.</summary>
internal sealed record StreamEvent
{
    public required string Namespace { get; init; }

    /// <summary>1, 2, 3, … within the namespace.</summary>
    public required long EventId { get; init; }

    public required string Topic { get; init; }

    public Guid? SubjectId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? Traceparent { get; init; }
}

/// <summary>The last id given in a namespace; outlives the events, which are kept for a week only.</summary>
internal sealed record EventCounter
{
    public required string Namespace { get; init; }

    public required long LastEventId { get; init; }
}
