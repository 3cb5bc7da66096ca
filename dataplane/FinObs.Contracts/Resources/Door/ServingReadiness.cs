namespace FinObs.Contracts.Resources.Door;

/// <summary>
/// Body of <c>PUT /v1/namespaces/{namespace}/modelversions/{name}/readiness</c>: what the operator knows of a version's pods. The data plane sends scoring to them
/// only while the digest is the one it wants.
/// </summary>
public sealed record ServingReadiness
{
    /// <summary>The object that is spoken of: that of an older one is refused.</summary>
    public required string Uid { get; init; }

    /// <summary>Content address that the pods have loaded.</summary>
    public required string Digest { get; init; }

    /// <summary>Addresses of the pods that are ready (<c>http://10.1.2.3:8081</c>, gRPC), or of one name that stands for all of them. Empty = none is ready.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Pods there are.</summary>
    public int Replicas { get; init; }

    /// <summary>Pods that have loaded the digest and answered the warm-up.</summary>
    public int ReadyReplicas { get; init; }
}
