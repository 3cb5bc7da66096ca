using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>The checkpoints of histories whose loss was accepted: those that the leaves name, and those of the files that were set aside, found by the digests that the leaves hold. Nothing else is excused.</summary>
internal sealed class LostHistory(IReadOnlyList<AcceptedRestore> accepted, CheckpointFile file)
{
    private Dictionary<(long Size, string Root), Guid>? _known;

    /// <summary>The leaf that accepts the loss of this very checkpoint; null where none does.</summary>
    public Guid? LeafOf(Checkpoint checkpoint) => accepted.Count > 0 && (_known ??= Read()).TryGetValue(Key(checkpoint), out var leaf) ? leaf : null;

    private Dictionary<(long Size, string Root), Guid> Read()
    {
        var known = new Dictionary<(long Size, string Root), Guid>();
        foreach (var restore in accepted)
        {
            foreach (var lost in restore.Lost) known[Key(lost.Checkpoint)] = restore.LeafId;
            if (restore.FileDigest is not { } digest) continue;
            foreach (var lost in file.Lost(digest)) known[Key(lost.Checkpoint)] = restore.LeafId;
        }
        return known;
    }

    private static (long Size, string Root) Key(Checkpoint checkpoint) => (checkpoint.Size, Convert.ToHexString(checkpoint.Root));
}
