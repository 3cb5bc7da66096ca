using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Access.Approval;

/// <summary>
/// Something that happens only after people agreed. The slice that does it registers one of these; the approvals slice, which comes later, calls it once the last step is granted, in the commit that
/// marks the request as executed: it happens exactly once or not at all.
/// </summary>
internal interface IApprovedAction
{
    /// <summary>What a request names, e.g. <c>user.role</c>.</summary>
    string Action { get; }

    /// <summary>
    /// Looks, outside of any write session, whether it can still be done as approved, and makes ready what needs I/O. Never called for a simulation.
    /// </summary>
    Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken);
}

/// <summary>What was approved.</summary>
/// <param name="Id">The request's.</param>
/// <param name="Namespace">Tenant.</param>
/// <param name="Action">See <see cref="IApprovedAction.Action"/>.</param>
/// <param name="Target">What it is done to, e.g. a user's id.</param>
/// <param name="Payload">Exactly what: the canonical JSON whose hash people approved.</param>
/// <param name="RequestedBy">Actor.</param>
/// <param name="ApprovedBy">Actors, in the order in which they agreed.</param>
internal sealed record ApprovedRequest(Guid Id, string Namespace, string Action, string Target, ReadOnlyMemory<byte> Payload, string RequestedBy, IReadOnlyList<string> ApprovedBy);

/// <summary>What comes of an approved request.</summary>
internal abstract record ApprovedOutcome
{
    /// <summary>It can be done.</summary>
    /// <param name="WriteAsync">Writes rows and leaves in the approval's own commit; false: something changed meanwhile, ask again.</param>
    /// <param name="Committed">After the commit; must not fail.</param>
    internal sealed record Ready(Func<IWriteSession, CancellationToken, Task<bool>> WriteAsync, Action? Committed = null) : ApprovedOutcome;

    /// <summary>It cannot be done any more.</summary>
    /// <param name="Why">A sentence for people.</param>
    internal sealed record Impossible(string Why) : ApprovedOutcome;
}

/// <summary>Asks people. The approvals slice implements it; earlier slices use it.</summary>
internal interface IApprovalGate
{
    /// <summary>Opens a request, or finds the open one for the same hash.</summary>
    /// <returns>The request's id.</returns>
    Task<Guid> RequestAsync(ApprovalAsk ask, CancellationToken cancellationToken);

    /// <summary>Whether acts of this name must be approved, as configured.</summary>
    bool IsRequired(string action);
}

/// <summary>What is asked.</summary>
internal sealed record ApprovalAsk
{
    public required string Namespace { get; init; }

    /// <summary>See <see cref="IApprovedAction.Action"/>.</summary>
    public required string Action { get; init; }

    public required string Target { get; init; }

    /// <summary>In a sentence, for those who decide.</summary>
    public required string Summary { get; init; }

    /// <summary>Exactly what, in canonical JSON. A change is another request.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What it rests on, in canonical JSON: decision, case, metrics.</summary>
    public ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>Digest of the model that was in the loop, or null.</summary>
    public string? ModelDigest { get; init; }

    /// <summary>Actor.</summary>
    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    /// <summary>Who cannot count besides the requester, e.g. the owner of the proposing agent.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>What the act is about, for its story in the audit log.</summary>
    public Guid? About { get; init; }

    /// <summary>Who has to agree, where what asks says so itself; none = as configured for the action. To be in the payload too, so that people see it.</summary>
    public AskedApproval? Asked { get; init; }

    /// <summary>Walk the whole chain, do nothing at its end, and say so in each record.</summary>
    public bool Simulation { get; init; }
}

/// <summary>Who has to agree, in one step.</summary>
/// <param name="Required">How many people.</param>
/// <param name="Roles">Of these; none = those of the action's first step as configured.</param>
/// <param name="TimeToLive">Nobody can decide after that; null = as configured.</param>
internal sealed record AskedApproval(int Required, IReadOnlyList<string> Roles, TimeSpan? TimeToLive = null);
