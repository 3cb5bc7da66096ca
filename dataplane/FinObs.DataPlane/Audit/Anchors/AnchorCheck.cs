using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>
/// Holds the database against the checkpoints that are kept outside of it: at the start, and again while the gate is closed. It looks at roots, not at every leaf: that is what <c>verify --database</c> does.
/// </summary>
internal sealed class AnchorCheck(IDatabase database, IEnumerable<IAuditAnchor> anchors, AcceptedRestores restores, AuditKeyring keyring, AuditGate gate)
{
    /// <summary>Opens or closes the gate; returns why it is closed.</summary>
    public async Task<string?> GuardAsync(CancellationToken cancellationToken) => gate.Refusal = (await CheckAsync(cancellationToken)).Sentence();

    public async Task<AnchorVerdict> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using (var session = await database.BeginWriteAsync(cancellationToken)) await TreeStates.ReadAsync(session, cancellationToken);
            return await CompareAsync(cancellationToken);
        }
        catch (AuditTreeException e)
        {
            return new AnchorVerdict.Broken(e.Message);
        }
    }

    private async Task<AnchorVerdict> CompareAsync(CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var signed = await AuditReader.LatestAsync(db, cancellationToken);
        var accepted = await restores.ReadAsync(db, cancellationToken);
        List<LostCheckpoint> lost = [];
        string? other = null;
        foreach (var anchor in anchors)
        {
            if (await anchor.LastAsync(cancellationToken) is not { } published) continue;
            if (accepted.Any(restore => restore.Names(published.Checkpoint)))
            {
                anchor.Retire();
                continue;
            }
            if (!IsOurs(published)) other ??= $"{anchor.Name} ends with a checkpoint that the key of this log did not sign.";
            else if (await AgreesAsync(db, published, signed, cancellationToken)) continue;
            else if (published.Checkpoint.Size <= (signed?.Size ?? 0)) other ??= "the leaves up to there have another root: they were changed, moved or replaced.";
            else if (anchor.LargestUpTo(signed?.Size ?? 0) is { } earlier && !await AgreesAsync(db, earlier, signed, cancellationToken))
                other ??= $"and its first {earlier.Checkpoint.Size} leaves have another root than the one published for them.";
            lost.Add(new LostCheckpoint(anchor.Name, published.Checkpoint));
        }
        if (lost.Count == 0) return new AnchorVerdict.Agrees();
        return other is null ? new AnchorVerdict.Older(signed, lost) : new AnchorVerdict.Other(signed, lost, other);
    }

    /// <summary>The database has signed as much, and with this root.</summary>
    private static async Task<bool> AgreesAsync(FinObsDbContext db, PublishedCheckpoint published, AuditCheckpoint? signed, CancellationToken cancellationToken)
    {
        var (_, size, root) = published.Checkpoint;
        if (signed is null || size > signed.Size) return false;
        var stored = size == signed.Size ? signed.Root : await new TreeReader(db, size).RootAsync(cancellationToken);
        return stored.AsSpan().SequenceEqual(root);
    }

    private bool IsOurs(PublishedCheckpoint published)
    {
        try
        {
            Checkpoint.Open(published.Note, keyring.Signer.Verifier);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
