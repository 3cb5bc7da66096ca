using FinObs.Contracts.Resources.Door;

namespace FinObs.Operator.DataPlane;

/// <summary>What the data plane said to a submission.</summary>
internal abstract record SubmissionOutcome
{
    /// <summary>It has it.</summary>
    public sealed record Accepted(ResourceAnswer Answer) : SubmissionOutcome;

    /// <summary>The spec cannot be; nothing changes until somebody changes it.</summary>
    public sealed record Refused(string Why) : SubmissionOutcome;

    /// <summary>Somebody else looks after the resource of this name.</summary>
    public sealed record OwnedByAnother(string Why) : SubmissionOutcome;

    /// <summary>It has a newer one: this cache is behind, and what is newer will come.</summary>
    public sealed record Stale(string Why) : SubmissionOutcome;
}

/// <summary>The data plane does not answer, or not as it should: again, later.</summary>
internal sealed class DataPlaneUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
