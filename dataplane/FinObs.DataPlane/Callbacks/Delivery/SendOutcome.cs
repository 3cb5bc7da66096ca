using FinObs.Contracts.Resources.CallbackTargets;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>What came of sending one message once.</summary>
internal sealed record SendOutcome
{
    /// <summary>It was taken: 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The receiver wants nothing more, for good (410).</summary>
    public bool IsGone => Status == StatusCodes.Status410Gone;

    /// <summary>HTTP status; 0 = no answer.</summary>
    public int Status { get; init; }

    /// <summary>Of <see cref="CallbackTargetReasons"/> of EndpointReachable.</summary>
    public required string Reason { get; init; }

    /// <summary>What went wrong and what to do, in a sentence; null where it was taken.</summary>
    public string? Detail { get; init; }

    /// <summary>How long the receiver asks to be left alone (429 and 503).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The beginning of the answer, without our secrets.</summary>
    public string? Response { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Took { get; init; }
}
