namespace FinObs.Operator.Reconciliation.Leadership;

/// <summary>
/// Every write to the cluster passes here. It is open while this process holds the lease, and closes by the clock, not by a message:
/// a process that slept through its own deadline finds it closed.
/// </summary>
internal sealed class WriteFence
{
    private volatile LeaderTerm? _term;

    /// <summary>For the lease itself, and for a process that has no rivals.</summary>
    public static WriteFence AlwaysOpen { get; } = new() { IsRequired = false };

    private bool IsRequired { get; init; } = true;

    /// <summary>Cancelled when the write must not go on.</summary>
    /// <exception cref="NotLeadingException">The lease is not held.</exception>
    public CancellationToken Pass()
    {
        if (!IsRequired) return CancellationToken.None;
        return _term is { IsOver: false } term ? term.Lost : throw new NotLeadingException();
    }

    public void Open(LeaderTerm term) => _term = term;

    public void Close() => _term = null;
}

/// <summary>A write was held back because this process does not lead (any more).</summary>
internal sealed class NotLeadingException() : OperationCanceledException("This process does not hold the lease: it writes nothing.");
