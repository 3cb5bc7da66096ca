using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Holds a file's tree against a checkpoint that was kept elsewhere.</summary>
/// <param name="report">What is found.</param>
/// <param name="current">The file's own checkpoint.</param>
/// <param name="key">Both must be signed by it.</param>
/// <param name="shown">The older size to which the file shows consistency, and the proof; null where it shows none.</param>
internal sealed class KeptCheckpoint(VerificationReport report, Checkpoint current, NoteVerifier key, (long Size, byte[][] Proof)? shown)
{
    /// <param name="kept">The checkpoint from elsewhere.</param>
    /// <param name="own">The root of the file's leaves up to there, where it holds them all.</param>
    /// <param name="advice">What to ask for where the file shows too little.</param>
    public void Check(PublishedCheckpoint kept, byte[]? own, string advice)
    {
        var (size, root) = (kept.Checkpoint.Size, kept.Checkpoint.Root);
        var where = $"given checkpoint over {size} leaves";
        report.Checkpoints++;
        try
        {
            Checkpoint.Open(kept.Note, key);
        }
        catch (FormatException e)
        {
            report.Lie(where, e.Message);
            return;
        }
        var consistent = size == current.Size ? root.AsSpan().SequenceEqual(current.Root)
            : own is not null ? root.AsSpan().SequenceEqual(own)
            : shown is { } proof && proof.Size == size ? MerkleProof.VerifyConsistency(size, current.Size, root, current.Root, proof.Proof)
            : (bool?)null;
        if (consistent == false) report.Lie(where, "The file's tree does not begin with the tree of this checkpoint: history was rewritten.");
        if (consistent is null) report.Add(FindingKind.Unchecked, where, size > current.Size ? $"The file's checkpoint covers only {current.Size} leaves: take a newer file." : advice);
    }
}
