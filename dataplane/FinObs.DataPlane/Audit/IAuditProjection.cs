namespace FinObs.DataPlane.Audit;

/// <summary>
/// Rebuilds the payloads of one kind of act from the live rows: what the database says now, to be compared with what was proven then. The slice that writes the acts registers it; it must give the very
/// bytes that were composed, for as long as nobody changed the rows.
/// </summary>
internal interface IAuditProjection
{
    /// <summary><see cref="AuditAct.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>Canonical payloads by <see cref="AuditAct.Ref"/>; a ref whose row is gone is left out.</summary>
    Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken);
}
