using System.Text.Json.Nodes;

namespace FinObs.Contracts.Resources.Door;

/// <summary>What a submission did.</summary>
public enum ResourceChange
{
    /// <summary>Nothing: this revision was there.</summary>
    Unchanged = 0,

    /// <summary>It is new.</summary>
    Created = 1,

    /// <summary>It replaced an older revision.</summary>
    Updated = 2,
}

/// <summary>A resource as the data plane has it. Secrets are not in it.</summary>
public sealed record ResourceAnswer
{
    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Who looks after it.</summary>
    public required ResourceOwner ManagedBy { get; init; }

    /// <summary>Which state it is in.</summary>
    public required ResourceRevision Revision { get; init; }

    /// <summary>What the submission did; none in answers to GET.</summary>
    public ResourceChange? Change { get; init; }

    /// <summary>The spec with its defaults.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>When this revision came.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who made it.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>The leaf of the audit log about this revision.</summary>
    public required Guid LeafId { get; init; }

    /// <summary>The trace of the change.</summary>
    public string? TraceId { get; init; }

    /// <summary>True: it is being drained and will be gone.</summary>
    public bool Deleting { get; init; }
}

/// <summary>Answer of <c>GET …/status</c>: what the data plane knows of a resource, in the form of the kind's status. The operator copies it into the object.</summary>
public sealed record ResourceStatusAnswer
{
    /// <summary>The revision that this is about.</summary>
    public required ResourceRevision Revision { get; init; }

    /// <summary>The part of the kind's status that the data plane owns.</summary>
    public required JsonObject Status { get; init; }

    /// <summary>True: it is being drained; gone once the resource is not found.</summary>
    public bool Deleting { get; init; }
}

/// <summary>A page of resources.</summary>
public sealed record ResourceListAnswer
{
    /// <summary>Resources in the order of namespace, kind and name.</summary>
    public required IReadOnlyList<ResourceAnswer> Items { get; init; }

    /// <summary>Where the next page begins; none = this was the last.</summary>
    public string? Next { get; init; }
}
