using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>What exports and evidence files have in common: a key and a checkpoint in the header, and leaves that must be in the tree of that checkpoint with the payloads that they prove.</summary>
internal sealed class SignedFile(VerificationReport report, NoteVerifier? pinned)
{
    /// <summary>The given key, else the file's own; null when neither can be read.</summary>
    public NoteVerifier? Key { get; private set; }

    public Checkpoint? Checkpoint { get; private set; }

    public void Open(ExportFileLine line, string key, string checkpoint)
    {
        try
        {
            Key = NoteVerifier.Parse(key);
        }
        catch (FormatException e)
        {
            report.Lie(Place(line, "key"), e.Message);
        }
        if (pinned is not null && pinned.Text != key) report.Lie(Place(line, "key"), $"The file was signed under {key}, not under the given key {pinned.Text}.");
        Key = pinned ?? Key;
        report.Key = Key?.Text;
        try
        {
            if (Key is not null) Checkpoint = Checkpoint.Open(checkpoint, Key);
            report.Checkpoints++;
        }
        catch (FormatException e)
        {
            report.Lie(Place(line, "checkpoint"), e.Message);
        }
    }

    /// <summary>Checks a leaf's bytes, proof, payload and live row.</summary>
    /// <returns>What it says, where it can be read; and its payload, where that is what the leaf proves.</returns>
    public (LeafDocument? Document, byte[]? Payload) CheckLeaf(ExportFileLine line, ExportLine leaf, long index)
    {
        report.Leaves++;
        if (Checkpoint is not null && !IsProven(leaf.Proven)) report.Lie(Place(line, "leaf", index), "The leaf's bytes and proof do not lead to the signed root: the leaf, its index or its proof is not what was signed.");
        try
        {
            var document = LeafDocument.Parse(leaf.Proven.Leaf);
            return (document, CheckPayload(line, leaf, document, index));
        }
        catch (FormatException e)
        {
            report.Lie(Place(line, "leaf", index), e.Message);
            return (null, null);
        }
    }

    public static string Place(ExportFileLine line, string? member = null, long? index = null)
    {
        var offset = line.Offset + (member is null ? 0 : ExportLineParser.OffsetOf(line.Bytes, member));
        return $"{(index is null ? "" : $"leaf {index}, ")}{(member is null ? "" : $"'{member}', ")}line {line.Number}, byte {offset} of the file";
    }

    private byte[]? CheckPayload(ExportFileLine line, ExportLine leaf, LeafDocument document, long index)
    {
        switch (leaf.Payload)
        {
            case PayloadState.Unreadable unreadable:
                report.Lie(Place(line, "payload", index), $"The server could not open the payload: {unreadable.Reason}.");
                return null;
            case PayloadState.Withheld:
                report.Add(FindingKind.Withheld, Place(line, "payload", index), "The payload was withheld from whoever asked for this file; its leaf is proven.");
                return null;
            case PayloadState.Shredded shredded when leaf.Tombstone is { } tombstone && IsTombstone(tombstone, shredded.KeyId):
                report.Add(FindingKind.Shredded, Place(line, "payload", index), $"Payload shredded; leaf {tombstone.Index} proves the destruction of its key.");
                return null;
            case PayloadState.Shredded shredded:
                report.Lie(Place(line, "payload", index), $"The payload is said to be shredded, but no leaf proves that key {shredded.KeyId} was destroyed.");
                return null;
            case PayloadState.Opened { Payload: var opened } when !opened.Digest().AsSpan().SequenceEqual(document.PayloadDigest):
                report.Payloads++;
                report.Lie(Place(line, "payload", index), "The payload or its salt is not what the leaf proves.");
                return null;
            case PayloadState.Opened { Payload: var opened }:
                report.Payloads++;
                CheckLive(line, leaf.Live, opened, document, index);
                return opened.Payload;
            default:
                return null;
        }
    }

    private void CheckLive(ExportFileLine line, LiveRow live, OpenedPayload opened, LeafDocument document, long index)
    {
        if (!live.Projected) return;
        report.LiveRows++;
        if (live.Bytes is null) report.Lie(Place(line, "live", index), $"The live row {document.Ref} of '{document.Kind}' is gone.");
        else if (!live.Bytes.AsSpan().SequenceEqual(opened.Payload)) report.Lie(Place(line, "live", index), $"Live row {document.Ref} of '{document.Kind}': {PayloadComparison.Describe(opened.Payload, live.Bytes)}.");
    }

    private bool IsTombstone(ProvenLeaf tombstone, Guid keyId)
    {
        try
        {
            return IsProven(tombstone) && LeafDocument.Parse(tombstone.Leaf) is { Kind: SubjectShredder.TombstoneKind } leaf && leaf.Ref == keyId;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private bool IsProven(ProvenLeaf leaf) => Checkpoint is not null && MerkleProof.VerifyInclusion(MerkleHash.Leaf(leaf.Leaf), leaf.Index, Checkpoint.Size, leaf.Proof, Checkpoint.Root);
}
