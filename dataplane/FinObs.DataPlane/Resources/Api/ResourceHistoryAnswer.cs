using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Resources.Store;

namespace FinObs.DataPlane.Resources.Api;

/// <summary>A page of the revisions of one resource, newest first.</summary>
internal sealed record ResourceHistoryAnswer(IReadOnlyList<ResourceHistoryItem> Items, long? Next)
{
    public static ResourceHistoryAnswer Of(IReadOnlyList<ResourceHistoryRow> rows, int limit) =>
        new([.. rows.Select(ResourceHistoryItem.Of)], rows.Count == limit ? rows[^1].Revision : null);
}

/// <summary>One change.</summary>
internal sealed record ResourceHistoryItem
{
    /// <summary>1, 2, 3, … under this name.</summary>
    public required long Revision { get; init; }

    /// <summary><c>resource.applied</c> or <c>resource.deleted</c>.</summary>
    public required string Act { get; init; }

    public required string Uid { get; init; }

    public required long Generation { get; init; }

    public required string SpecHash { get; init; }

    public required ResourceOwner ManagedBy { get; init; }

    /// <summary>Who brought the change, as sign-in says; else the way it came, e.g. <c>resources:files</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>Who made it, as the one who brought it says.</summary>
    public string? ChangedBy { get; init; }

    public string? ChangeReason { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required Guid LeafId { get; init; }

    public string? TraceId { get; init; }

    public required JsonNode? Spec { get; init; }

    public static ResourceHistoryItem Of(ResourceHistoryRow row) => new()
    {
        Revision = row.Revision,
        Act = row.Act,
        Uid = row.Uid,
        Generation = row.Generation,
        SpecHash = row.SpecHash,
        ManagedBy = row.ManagedBy,
        Actor = row.Actor,
        ChangedBy = row.ChangedBy,
        ChangeReason = row.ChangeReason,
        ChangedAt = row.ChangedAt,
        LeafId = row.LeafId,
        TraceId = row.Traceparent is { Length: >= 35 } ? row.Traceparent[3..35] : null,
        Spec = JsonNode.Parse(row.Spec),
    };
}
