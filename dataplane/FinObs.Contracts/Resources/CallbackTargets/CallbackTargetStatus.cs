namespace FinObs.Contracts.Resources.CallbackTargets;

/// <summary>How deliveries go.</summary>
public sealed record CallbackTargetStatus : ResourceStatus
{
    /// <summary>Whether it is told now.</summary>
    public CallbackState? State { get; init; }

    /// <summary>Why it was disabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The last delivery that arrived.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>The last one that did not.</summary>
    public CallbackFailure? LastFailure { get; init; }

    /// <summary>The last 24 hours.</summary>
    public CallbackStats? Stats24h { get; init; }

    /// <summary>How many wait.</summary>
    public long? QueueDepth { get; init; }

    /// <summary>How many were given up.</summary>
    public long? DeadLetters { get; init; }

    /// <summary>Since when the oldest waits.</summary>
    public DateTimeOffset? OldestPending { get; init; }

    /// <summary>What signs.</summary>
    public SigningStatus? Signing { get; init; }

    /// <summary>The addresses that the name last resolved to.</summary>
    public IReadOnlyList<string>? ResolvedIps { get; init; }

    /// <summary>The last value of the annotation <c>finobs.io/replay</c> that was acted upon.</summary>
    public string? LastHandledReplay { get; init; }

    /// <summary>The last value of the annotation <c>finobs.io/send-test</c> that was acted upon.</summary>
    public string? LastHandledSendTest { get; init; }

    /// <summary>The last value of the annotation <c>finobs.io/enable</c> that was acted upon.</summary>
    public string? LastHandledEnable { get; init; }
}

/// <summary>Whether a target is told now.</summary>
public enum CallbackState
{
    /// <summary>It is.</summary>
    Active = 0,

    /// <summary>It asked for patience.</summary>
    Throttled = 1,

    /// <summary>It is left alone for a while.</summary>
    CircuitOpen = 2,

    /// <summary>No more, until somebody enables it.</summary>
    Disabled = 3,
}

/// <summary>A delivery that did not arrive.</summary>
public sealed record CallbackFailure
{
    /// <summary>HTTP status, where there was one.</summary>
    public int? Code { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which attempt, from 1.</summary>
    public int Attempt { get; init; }
}

/// <summary>Deliveries of a day.</summary>
public sealed record CallbackStats
{
    /// <summary>Arrived.</summary>
    public long Delivered { get; init; }

    /// <summary>Given up.</summary>
    public long Failed { get; init; }

    /// <summary>To be tried again.</summary>
    public long Retrying { get; init; }

    /// <summary>The 95th percentile of the time to an answer, in milliseconds.</summary>
    public int? P95Ms { get; init; }
}

/// <summary>What signs.</summary>
public sealed record SigningStatus
{
    /// <summary>Id of the key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Id of the key before it.</summary>
    public string? PreviousKeyId { get; init; }

    /// <summary>Until when that signs too.</summary>
    public DateTimeOffset? PreviousValidUntil { get; init; }

    /// <summary>Ed25519: the public key for receivers, <c>whpk_…</c>.</summary>
    public string? PublicKey { get; init; }
}
