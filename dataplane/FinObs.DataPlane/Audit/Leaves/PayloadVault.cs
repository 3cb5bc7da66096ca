using System.Security.Cryptography;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>What became of a leaf's payload.</summary>
internal abstract record PayloadState
{
    internal sealed record Opened(OpenedPayload Payload) : PayloadState;

    /// <summary>The key was destroyed; the tombstone leaf that must exist for it.</summary>
    internal sealed record Shredded(Guid KeyId, Guid? TombstoneId) : PayloadState;

    /// <summary>Whoever asks may not read it.</summary>
    internal sealed record Withheld : PayloadState;

    /// <summary>The key's row is gone or unusable, or the payload's bytes are not what was sealed.</summary>
    internal sealed record Unreadable(string Reason) : PayloadState;
}

/// <summary>Opens stored payloads.</summary>
internal sealed class PayloadVault(AuditKeyring keyring)
{
    /// <summary>One state for each leaf, in order; the keys are read in one query.</summary>
    public async Task<List<PayloadState>> OpenAsync(FinObsDbContext db, IReadOnlyList<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. leaves.Select(l => l.KeyId).Distinct()];
        var rows = await db.SubjectKeys.Where(k => EF.Parameter(ids).Contains(k.Id)).ToDictionaryAsync(k => k.Id, cancellationToken);
        var keys = rows.Values.ToDictionary(row => row.Id, Unwrap);
        return [.. leaves.Select(leaf => State(leaf, rows.GetValueOrDefault(leaf.KeyId), keys.GetValueOrDefault(leaf.KeyId)))];
    }

    private static PayloadState State(AuditLeaf leaf, SubjectKeyRow? row, byte[]? key)
    {
        if (row is null) return new PayloadState.Unreadable("its subject key's row is gone");
        if (row is { Wrapped: null, DestroyedAt: not null }) return new PayloadState.Shredded(row.Id, row.TombstoneId);
        if (key is null) return new PayloadState.Unreadable("its subject key does not unwrap under this master key");
        return SealedPayload.Open(key, leaf.Payload, leaf.Id) is { } opened
            ? new PayloadState.Opened(opened)
            : new PayloadState.Unreadable("its stored bytes are not what was sealed under its subject key");
    }

    private byte[]? Unwrap(SubjectKeyRow row)
    {
        try
        {
            return row.Wrapped is null ? null : keyring.Unwrap(row.Id, row.Wrapped);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
