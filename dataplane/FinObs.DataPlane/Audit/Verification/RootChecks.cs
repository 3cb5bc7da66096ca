using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Holds the growing tree against checkpoints: signed by the key, and over this very root.</summary>
internal sealed class RootChecks(VerificationReport report, NoteVerifier key, IReadOnlyList<PublishedCheckpoint> anchors, LostHistory? lost = null)
{
    private readonly ILookup<long, PublishedCheckpoint> _anchors = anchors.ToLookup(a => a.Checkpoint.Size);

    /// <summary>A row of the database; its columns must say what its note says.</summary>
    public void CheckStored(AuditCheckpoint stored, TileFrontier tree)
    {
        var where = $"checkpoint over {stored.Size} leaves";
        report.Checkpoints++;
        if (Open(stored.Note, where) is not { } checkpoint) return;
        if (checkpoint.Size != stored.Size || !checkpoint.Root.AsSpan().SequenceEqual(stored.Root)) report.Lie(where, "Its columns do not say what its signed note says.");
        if (checkpoint.Size == tree.Size && !tree.Root().AsSpan().SequenceEqual(checkpoint.Root)) report.Lie(where, "The leaves up to there do not have the root that was signed: a leaf was changed, moved or replaced.");
    }

    public void CheckAnchors(TileFrontier tree)
    {
        foreach (var anchor in _anchors[tree.Size])
        {
            var where = Where(anchor);
            report.Checkpoints++;
            if (Open(anchor.Note, where) is { } checkpoint && !tree.Root().AsSpan().SequenceEqual(checkpoint.Root))
                Contradicted(anchor, where, "The tree does not begin with the tree of this checkpoint: history was rewritten.");
        }
    }

    /// <summary>Anchors beyond the end: leaves that were signed are gone.</summary>
    public void Finish(TileFrontier tree)
    {
        foreach (var anchor in _anchors.Where(group => group.Key > tree.Size).SelectMany(group => group))
        {
            report.Checkpoints++;
            if (Open(anchor.Note, Where(anchor)) is not null) Contradicted(anchor, Where(anchor), $"The tree has only {tree.Size} leaves: its end was cut off, or it was replaced.");
        }
    }

    /// <summary>What belongs to a history whose loss was accepted is no lie, and is shown.</summary>
    private void Contradicted(PublishedCheckpoint anchor, string where, string what)
    {
        if (lost?.LeafOf(anchor.Checkpoint) is { } leaf) report.Add(FindingKind.Restored, where, $"It belongs to the history that was lost with a restored database; leaf {leaf} records that the loss was accepted.");
        else report.Lie(where, what);
    }

    private static string Where(PublishedCheckpoint anchor) => $"checkpoint over {anchor.Checkpoint.Size} leaves from outside the database";

    private Checkpoint? Open(string note, string where)
    {
        try
        {
            return Checkpoint.Open(note, key);
        }
        catch (FormatException e)
        {
            report.Lie(where, e.Message);
            return null;
        }
    }
}
