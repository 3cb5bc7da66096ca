using System.Text.Json.Nodes;

namespace FinObs.Contracts.Resources.Door;

/// <summary>Who looks after a resource; nobody else may change it.</summary>
public enum ResourceOwner
{
    /// <summary>The operator, for objects of the Kubernetes API.</summary>
    Operator = 0,

    /// <summary>The files of a folder (<c>--resources</c>).</summary>
    Files = 1,

    /// <summary>Users of the REST API.</summary>
    Api = 2,
}

/// <summary>Body of <c>PUT /v1/namespaces/{namespace}/{kind}/{name}</c>: the one door by which every resource reaches the data plane.</summary>
public sealed record ResourceSubmission
{
    /// <summary>Who looks after it.</summary>
    public required ResourceOwner ManagedBy { get; init; }

    /// <summary>The object's uid: another one is another object under the same name. REST users leave it out.</summary>
    public string? Uid { get; init; }

    /// <summary>The spec's generation; a lower one than the stored is refused as stale. REST users leave it out.</summary>
    public long? Generation { get; init; }

    /// <summary>When the object was made: of two uids the older one is refused.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The spec, as the kind has it.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>Labels of the object.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The Secrets that the spec refers to, by name, with the keys that it refers to.</summary>
    public IReadOnlyDictionary<string, SubmittedSecret>? Secrets { get; init; }

    /// <summary>Who made the change, as far as its sender knows. It is kept beside the sender's own name, and is no proof.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Why.</summary>
    public string? ChangeReason { get; init; }
}

/// <summary>A Secret that a spec refers to. Encrypted at rest; in no hash, leaf or answer.</summary>
public sealed record SubmittedSecret
{
    /// <summary>Its version: part of the revision, so that a new key is noticed without being looked at.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Base64 of its values, by key.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>Never shows a value.</summary>
    public override string ToString() => $"{nameof(SubmittedSecret)} {{ {ResourceVersion}, {Data.Count} keys }}";
}

/// <summary>Which state of a resource is spoken of: equal revisions are the same state.</summary>
public sealed record ResourceRevision
{
    /// <summary>The object's uid.</summary>
    public required string Uid { get; init; }

    /// <summary>The spec's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>SHA-256 of the spec in canonical JSON (RFC 8785), <c>sha256:</c> and 64 hex digits.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Versions of the Secrets that it refers to, by name.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
