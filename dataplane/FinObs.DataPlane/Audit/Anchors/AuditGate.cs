namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>Closed while the database contradicts what was published: nothing new is taken in, numbered or signed, until a person has looked. Reading goes on.</summary>
internal sealed class AuditGate
{
    private volatile string? _refusal;

    /// <summary>Why it is closed, in words for an operator; null while it is open.</summary>
    public string? Refusal
    {
        get => _refusal;
        set => _refusal = value;
    }
}
