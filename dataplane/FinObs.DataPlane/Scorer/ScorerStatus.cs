using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Scorer;

/// <summary>Where a scorer stands with its artifact.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScorerPhase>))]
internal enum ScorerPhase
{
    Loading,
    Loaded,
    FailedToLoad,
    Draining,
}

/// <summary>Why it stands there. A closed list: the operator copies these into conditions.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScorerReason>))]
internal enum ScorerReason
{
    /// <summary>The artifact is being fetched.</summary>
    Fetching,

    /// <summary>It could not be fetched; it is tried again.</summary>
    FetchFailed,

    /// <summary>What was fetched has another digest. For good.</summary>
    DigestMismatch,

    /// <summary>It has the right digest and cannot be opened. For good.</summary>
    Refused,

    /// <summary>Reference rows are being scored.</summary>
    WarmingUp,

    /// <summary>A reference row has no finite score. For good.</summary>
    WarmupFailed,

    Ready,

    /// <summary>Told to stop: what was begun is finished.</summary>
    Draining,
}

/// <summary>Answer of <c>GET /v1/scorer/status</c>, for machines.</summary>
/// <param name="ModelName">Known once the artifact is verified.</param>
/// <param name="ModelVersion">Known once the artifact is verified.</param>
/// <param name="Digest">The artifact that was asked for.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">The same in words, with what to do.</param>
/// <param name="Since">Since when for this reason.</param>
internal sealed record ScorerStatus(
    string? ModelName, string? ModelVersion, string Digest, ScorerPhase State, ScorerReason Reason, string Message, DateTimeOffset Since)
{
    public static ScorerPhase PhaseOf(ScorerReason reason) => reason switch
    {
        ScorerReason.Fetching or ScorerReason.FetchFailed or ScorerReason.WarmingUp => ScorerPhase.Loading,
        ScorerReason.Ready => ScorerPhase.Loaded,
        ScorerReason.Draining => ScorerPhase.Draining,
        _ => ScorerPhase.FailedToLoad,
    };
}
