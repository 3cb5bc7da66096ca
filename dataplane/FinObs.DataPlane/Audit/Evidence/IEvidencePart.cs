namespace FinObs.DataPlane.Audit.Evidence;

/// <summary>
/// Something that belongs to the evidence of a decision and is not in a leaf: bytes whose hash a leaf holds, or a record that only this host vouches for. The slice that has it registers one.
/// </summary>
internal interface IEvidencePart
{
    /// <summary>Its name in the file; unique.</summary>
    string Name { get; }

    /// <summary>The part's bytes; null where this decision has none.</summary>
    Task<byte[]?> OfAsync(EvidenceSubject subject, CancellationToken cancellationToken);
}

/// <summary>Whose evidence.</summary>
/// <param name="Namespace">Tenant.</param>
/// <param name="DecisionId">The decision's id; that of record has its transaction's.</param>
/// <param name="LeafId">The decision's leaf.</param>
internal sealed record EvidenceSubject(string Namespace, Guid DecisionId, Guid LeafId);

/// <summary>The parts that a leaf proves, and by which member of the decision's payload.</summary>
internal static class ProvenParts
{
    /// <summary>The stored explanation, as <c>ExplanationBytes</c> writes it.</summary>
    public const string Explanation = "explanation";

    /// <summary>The rule set that was asked, in canonical JSON.</summary>
    public const string Rules = "rules";

    /// <summary>The member of <c>decision</c> in the payload that holds the part's SHA-256 in hex; null for a part that no leaf proves.</summary>
    public static string? MemberOf(string part) => part switch { Explanation => "explanation_sha256", Rules => "rules", _ => null };
}
