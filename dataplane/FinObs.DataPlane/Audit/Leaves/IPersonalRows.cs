using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>Whose data is to go.</summary>
/// <param name="Namespace">Tenant.</param>
/// <param name="Account">As the sender named it.</param>
/// <param name="Token">What stands for it in leaves, and from now on in rows.</param>
internal sealed record ErasedSubject(string Namespace, string Account, string Token)
{
    /// <summary>Begins what stands in the place of an erased account. Triggers let a record be changed to this and to nothing else.</summary>
    public const string Prefix = "erased:";

    public string Placeholder => Prefix + Token;
}

/// <summary>A slice whose tables hold personal data in the clear: takes it out in the commit that destroys the subject's key.</summary>
internal interface IPersonalRows
{
    /// <summary>What still needs the data, in words; null where nothing does.</summary>
    Task<string?> NeededByAsync(IWriteSession session, ErasedSubject subject, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <returns>Rows changed or removed.</returns>
    Task<int> EraseAsync(IWriteSession session, ErasedSubject subject, CancellationToken cancellationToken);

    /// <summary>After the commit: what this process remembers of the subject. Must not fail.</summary>
    void Forget(ErasedSubject subject);
}
