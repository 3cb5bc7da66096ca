using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>How the database stands to what was published.</summary>
internal abstract record AnchorVerdict
{
    /// <summary>It goes on from every checkpoint that is kept, or from where a restore was accepted.</summary>
    internal sealed record Agrees : AnchorVerdict;

    /// <summary>It is the beginning of what was published: restored from a backup, or rolled back.</summary>
    /// <param name="Signed">Its last checkpoint; null where it has none.</param>
    /// <param name="Lost">The published checkpoints that it does not have.</param>
    internal sealed record Older(AuditCheckpoint? Signed, IReadOnlyList<LostCheckpoint> Lost) : AnchorVerdict;

    /// <summary>It has another history than the one that was published: edited, or another log's.</summary>
    internal sealed record Other(AuditCheckpoint? Signed, IReadOnlyList<LostCheckpoint> Lost, string Why) : AnchorVerdict;

    /// <summary>It contradicts itself: nothing can be gone on from.</summary>
    internal sealed record Broken(string Why) : AnchorVerdict;

    /// <summary>Why the gate is closed, and what to do; null where it is open.</summary>
    public string? Sentence() => this switch
    {
        Older older => $"{Held(older.Signed)}, but {Published(older.Lost)}: the database was restored from a backup or rolled back. Restore the newer one; "
            + "or, where it is lost, run: FinObs.DataPlane accept-restore --reason \"…\" --by \"…\", which records the loss for ever.",
        Other other => $"{Held(other.Signed)}, but {Published(other.Lost)}: {other.Why} Restore the database as it was published. Going on from this one needs accept-restore --force, which records it as tampered for ever.",
        Broken broken => $"The stored audit tree contradicts itself: {broken.Why} Restore a backup; run verify --database to see what lied.",
        _ => null,
    };

    private static string Held(AuditCheckpoint? signed) =>
        signed is null ? "The database holds no signed leaf" : $"The database holds {signed.Size} signed leaves, the last signed at {signed.PublishedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static string Published(IReadOnlyList<LostCheckpoint> lost) => string.Join(" and ", lost.Select(one => $"{one.Anchor} has published {one.Checkpoint.Size}"));
}

/// <summary>A published checkpoint that the database does not have.</summary>
internal sealed record LostCheckpoint(string Anchor, Checkpoint Checkpoint);
