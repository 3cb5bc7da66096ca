using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources;

/// <summary>A custom resource, whatever its kind.</summary>
public abstract record CustomResource
{
    /// <summary>Group and version.</summary>
    public string ApiVersion { get; init; } = WellKnown.ApiVersion;

    /// <summary>The kind.</summary>
    public abstract string Kind { get; init; }

    /// <summary>Its name, namespace and what the server adds.</summary>
    public required ObjectMeta Metadata { get; init; }
}

/// <summary>A custom resource with its spec and status.</summary>
/// <typeparam name="TSpec">What people want.</typeparam>
/// <typeparam name="TStatus">What is so.</typeparam>
public abstract record CustomResource<TSpec, TStatus> : CustomResource
    where TSpec : ResourceSpec
    where TStatus : ResourceStatus, new()
{
    /// <summary>What people want.</summary>
    public required TSpec Spec { get; init; }

    /// <summary>What is so; written by the operator alone.</summary>
    public TStatus? Status { get; init; }
}

/// <summary>What every spec has.</summary>
public abstract record ResourceSpec
{
    /// <summary>True: leave everything as it is until it is false again. Deletion is still carried out.</summary>
    public bool Suspend { get; init; }
}

/// <summary>What every status has.</summary>
public abstract record ResourceStatus
{
    /// <summary>The generation of the spec that this status is about; -1 before anybody has looked at it.</summary>
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>What holds and what does not; <c>Ready</c> sums up. <c>Reconciling</c> and <c>Stalled</c> are there only while they are true (kstatus).</summary>
    [ListMapKey("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The last value of the annotation <c>finobs.io/requestedAt</c> that was acted upon.</summary>
    public string? LastHandledReconcileAt { get; init; }

    /// <summary>What this waits for, since when, and who can act; none while it waits for nothing.</summary>
    public BlockedOn? BlockedOn { get; init; }

    /// <summary>Trace of the last change: the same id in the operator, the data plane and the audit log.</summary>
    public string? TraceId { get; init; }

    /// <summary>The newest leaf of the audit log about this object.</summary>
    public AuditMark? Audit { get; init; }

    /// <summary>What would be done, one sentence a step, while the annotation <c>finobs.io/dry-run</c> is <c>true</c>.</summary>
    public IReadOnlyList<string>? Plan { get; init; }
}

/// <summary>What an object waits for.</summary>
public sealed record BlockedOn
{
    /// <summary>The gate, from a closed list, e.g. <c>Artifact</c>, <c>Pods</c>, <c>Approval</c>.</summary>
    public required string Gate { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who can do what about it.</summary>
    public required string Hint { get; init; }
}

/// <summary>A place in the audit log.</summary>
public sealed record AuditMark
{
    /// <summary>The leaf's id: <c>GET /v1/audit/leaves/{id}</c>.</summary>
    public required string LeafId { get; init; }

    /// <summary>Its index in the tree; none while it is pending (at most a second).</summary>
    public long? LeafIndex { get; init; }

    /// <summary>Its hash in base64.</summary>
    public string? LeafHash { get; init; }

    /// <summary>Size of the newest signed tree that holds it.</summary>
    public long? CheckpointSize { get; init; }
}
