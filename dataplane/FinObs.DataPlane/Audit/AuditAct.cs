using System.Runtime.InteropServices;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Audit;

/// <summary>Something that happened and must be provable.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AuditAct
{
    public required string Namespace { get; init; }

    /// <summary>What kind of act, e.g. <c>transaction.decided</c>: names the projection that rebuilds the payload from the live row.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it, as an id without personal data, e.g. <c>system:pipeline</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>Whose data it is, e.g. an account id; only its token reaches the leaf. Null: the namespace's own.</summary>
    public string? Subject { get; init; }

    /// <summary>The id of the act's row.</summary>
    public required Guid Ref { get; init; }

    /// <summary>What the act is about, where that has leaves of its own: the decision that was overridden, the case that was commented. One query gives the whole story of an entity.</summary>
    public Guid? About { get; init; }

    /// <summary>Rules that ask for this record, e.g. <c>SEC 17a-4</c>, in ordinal order; null = none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The act in canonical JSON (RFC 8785).</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>W3C trace context; its trace id reaches the leaf.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Set when the act is also an event of the stream, about <see cref="Ref"/>.</summary>
    public string? Topic { get; init; }
}

/// <summary>The rows which prove an act: insert both in the act's own transaction (<see cref="AuditLeaf.Table"/>, <see cref="OutboxBlock.Rows"/>).</summary>
internal sealed record ComposedLeaf(AuditLeaf Leaf, OutboxMessage Outbox)
{
    public Guid LeafId => Leaf.Id;
}
