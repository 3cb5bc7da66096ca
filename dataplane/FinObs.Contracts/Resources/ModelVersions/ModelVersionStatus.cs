namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>Where a version is.</summary>
public sealed record ModelVersionStatus : ResourceStatus
{
    /// <summary>Where it is.</summary>
    public ModelPhase? Phase { get; init; }

    /// <summary>What is loaded and what was asked for.</summary>
    public ModelLoadStatus? Model { get; init; }

    /// <summary>Content address of the bytes that are loaded.</summary>
    public string? ObservedDigest { get; init; }

    /// <summary>Its first twelve hex digits, for <c>kubectl get -o wide</c>.</summary>
    public string? ObservedDigestShort { get; init; }

    /// <summary>The key that the artifact's signature was verified with.</summary>
    public string? SignatureVerifiedBy { get; init; }

    /// <summary>Index of the step the rollout is at, from 0.</summary>
    public int? CurrentStep { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? StepStartedAt { get; init; }

    /// <summary>Hash of the steps: another one starts the rollout again.</summary>
    public string? StepHash { get; init; }

    /// <summary>Its share of the model's decisions, in percent.</summary>
    public int? Weight { get; init; }

    /// <summary>Generation of the model's routing record.</summary>
    public long? RoutingGeneration { get; init; }

    /// <summary>The newest analyses, at most 20.</summary>
    public IReadOnlyList<AnalysisResult>? Analysis { get; init; }

    /// <summary>Who approved or refused what.</summary>
    public IReadOnlyList<ApprovalRecord>? Approvals { get; init; }

    /// <summary>How many approvals count now.</summary>
    public int? ApprovalCount { get; init; }

    /// <summary>Hash of the spec that approvals are bound to.</summary>
    public string? SpecHash { get; init; }

    /// <summary>Pods there are.</summary>
    public int? Replicas { get; init; }

    /// <summary>Pods that have loaded the digest and answered the warm-up.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>Label selector of the pods.</summary>
    public string? Selector { get; init; }

    /// <summary>The last promotion.</summary>
    public PromotionRecord? LastPromoted { get; init; }

    /// <summary>The version that decided before this one.</summary>
    public string? PreviousStable { get; init; }
}

/// <summary>Where a version is.</summary>
public enum ModelPhase
{
    /// <summary>Seen; nothing done yet, or its stage asks for nothing.</summary>
    Pending = 0,

    /// <summary>Its bytes are fetched and verified.</summary>
    Verifying = 1,

    /// <summary>It is being loaded.</summary>
    Loading = 2,

    /// <summary>Scores beside the stable version.</summary>
    Shadowing = 3,

    /// <summary>Its share grows by the steps.</summary>
    Progressing = 4,

    /// <summary>Waits for people.</summary>
    WaitingApproval = 5,

    /// <summary>Becomes the stable version.</summary>
    Promoting = 6,

    /// <summary>Decides.</summary>
    Serving = 7,

    /// <summary>Was taken out of traffic.</summary>
    RolledBack = 8,

    /// <summary>Cannot be used; the last failure says why.</summary>
    Failed = 9,

    /// <summary>Out of service for good.</summary>
    Retired = 10,
}

/// <summary>What serves, apart from what was asked for.</summary>
public sealed record ModelLoadStatus
{
    /// <summary>State of the version in the pods that answer now.</summary>
    public ModelLoadState ActiveState { get; init; }

    /// <summary>State of what the spec asks for.</summary>
    public ModelLoadState TargetState { get; init; }

    /// <summary>Whether the two agree.</summary>
    public ModelTransition Transition { get; init; }

    /// <summary>The last thing that went wrong.</summary>
    public ModelFailure? LastFailure { get; init; }
}

/// <summary>State of a model in its pods.</summary>
public enum ModelLoadState
{
    /// <summary>Not yet begun.</summary>
    Pending = 0,

    /// <summary>Needs no loading at this stage.</summary>
    Standby = 1,

    /// <summary>On its way.</summary>
    Loading = 2,

    /// <summary>Loaded and warm.</summary>
    Loaded = 3,

    /// <summary>Could not be loaded.</summary>
    FailedToLoad = 4,
}

/// <summary>Whether what serves is what was asked for.</summary>
public enum ModelTransition
{
    /// <summary>It is.</summary>
    UpToDate = 0,

    /// <summary>On its way.</summary>
    InProgress = 1,

    /// <summary>A load has failed; what served before still does.</summary>
    BlockedByFailedLoad = 2,

    /// <summary>The spec cannot be carried out.</summary>
    InvalidSpec = 3,
}

/// <summary>Something that went wrong.</summary>
public sealed record ModelFailure
{
    /// <summary>Why, in one word from a closed list.</summary>
    public required ModelFailureReason Reason { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>In which pod; none where it was the data plane.</summary>
    public string? Pod { get; init; }

    /// <summary>With which exit code.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>Why a version cannot be used.</summary>
public enum ModelFailureReason
{
    /// <summary>Its bytes could not be fetched.</summary>
    ArtifactUnavailable = 0,

    /// <summary>The bytes have another digest than the spec's.</summary>
    DigestMismatch = 1,

    /// <summary>The signature does not verify.</summary>
    SignatureInvalid = 2,

    /// <summary>The bytes are no model that can be served.</summary>
    ArtifactRefused = 3,

    /// <summary>The model was read but could not be loaded or warmed up.</summary>
    ModelLoadFailed = 4,

    /// <summary>A pod does not run.</summary>
    RuntimeUnhealthy = 5,

    /// <summary>The cluster does not admit or schedule the pods.</summary>
    PodsNotAdmitted = 6,

    /// <summary>The spec cannot be carried out.</summary>
    InvalidSpec = 7,
}

/// <summary>One analysis of a rollout.</summary>
public sealed record AnalysisResult
{
    /// <summary>What was measured.</summary>
    public required RolloutMetric Metric { get; init; }

    /// <summary>Of this version.</summary>
    public decimal? Value { get; init; }

    /// <summary>Of the stable version.</summary>
    public decimal? Baseline { get; init; }

    /// <summary>On how many transactions.</summary>
    public long Samples { get; init; }

    /// <summary>What it means.</summary>
    public required AnalysisVerdict Verdict { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What an analysis means.</summary>
public enum AnalysisVerdict
{
    /// <summary>Within its bounds.</summary>
    Pass = 0,

    /// <summary>Outside.</summary>
    Fail = 1,

    /// <summary>Too little data to say.</summary>
    Inconclusive = 2,
}

/// <summary>What a person said.</summary>
public sealed record ApprovalRecord
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>In which role.</summary>
    public required string Role { get; init; }

    /// <summary><c>Approved</c> or <c>Rejected</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Hash of what was approved; another hash makes it void.</summary>
    public required string BoundHash { get; init; }
}

/// <summary>A promotion.</summary>
public sealed record PromotionRecord
{
    /// <summary>The version promoted.</summary>
    public required string Version { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>By whom.</summary>
    public required string By { get; init; }
}
