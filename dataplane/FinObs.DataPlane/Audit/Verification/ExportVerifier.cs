using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Checks an export file with nothing but the file and, better, a key and older checkpoints from elsewhere.</summary>
internal sealed class ExportVerifier
{
    private readonly VerificationReport _report = new();
    private readonly NoteVerifier? _pinned;
    private readonly IReadOnlyList<PublishedCheckpoint> _anchors;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TileFrontier _tree = new();
    private readonly Dictionary<long, byte[]> _roots = []; // of the anchors' sizes, as far as the leaves of the file reach
    private ExportHeader? _header;
    private NoteVerifier? _key;
    private Checkpoint? _checkpoint;
    private long _next;
    private bool _closed;

    private ExportVerifier(NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint> anchors) => (_pinned, _anchors) = (pinned, anchors);

    /// <param name="file">The export.</param>
    /// <param name="pinned">The log's public key from a source that is trusted; null: the one in the file.</param>
    /// <param name="anchors">Checkpoints kept elsewhere, with which the file's tree must agree.</param>
    public static VerificationReport Verify(Stream file, NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint> anchors)
    {
        var verifier = new ExportVerifier(pinned, anchors);
        foreach (var line in ExportLineReader.Read(file)) verifier.Check(line);
        verifier.Finish();
        return verifier._report;
    }

    private void Check(ExportFileLine line)
    {
        try
        {
            if (_closed) _report.Lie(Place(line), "There is something after the footer.");
            else if (!line.Ended) _report.Lie(Place(line), "The file ends in the middle of a line: it was cut.");
            else if (line.Number == 1) CheckHeader(line);
            else if (ExportLineParser.Footer(line.Bytes) is { } note) CheckFooter(line, note);
            else CheckLeaf(line, ExportLineParser.Leaf(line.Bytes));
        }
        catch (ExportFormatException e)
        {
            if (line.Number > 1) _next++; // the line stood for a leaf: the ones after it keep their numbers
            _report.Lie($"line {line.Number}, byte {line.Offset + e.Offset} of the file", e.Message);
        }
        _digest.AppendData(line.Bytes);
        _digest.AppendData("\n"u8);
    }

    private void CheckHeader(ExportFileLine line)
    {
        _header = ExportLineParser.Header(line.Bytes);
        _next = _header.From;
        try
        {
            _key = NoteVerifier.Parse(_header.Key);
        }
        catch (FormatException e)
        {
            _report.Lie(Place(line, "key"), e.Message);
        }
        if (_pinned is not null && _pinned.Text != _header.Key) _report.Lie(Place(line, "key"), $"The file was signed under {_header.Key}, not under the given key {_pinned.Text}.");
        _key = _pinned ?? _key;
        _report.Key = _key?.Text;
        try
        {
            if (_key is not null) _checkpoint = Checkpoint.Open(_header.Checkpoint, _key);
            _report.Checkpoints++;
        }
        catch (FormatException e)
        {
            _report.Lie(Place(line, "checkpoint"), e.Message);
        }
        if (_checkpoint is not null && (_header.From >= _header.To || _header.To > _checkpoint.Size)) _report.Lie(Place(line, "from"), $"Leaves {_header.From} to {_header.To} are not within the checkpoint's {_checkpoint.Size}.");
    }

    private void CheckLeaf(ExportFileLine line, ExportLine leaf)
    {
        var expected = _next++;
        _report.Leaves++;
        if (leaf.Proven.Index != expected) _report.Lie(Place(line, "index", expected), $"Here should be leaf {expected}, but the line says {leaf.Proven.Index}: leaves are missing, doubled or out of order.");
        var hash = MerkleHash.Leaf(leaf.Proven.Leaf);
        if (_header?.From == 0) Grow(hash);
        if (_checkpoint is not null && !IsProven(leaf.Proven)) _report.Lie(Place(line, "leaf", expected), "The leaf's bytes and proof do not lead to the signed root: the leaf, its index or its proof is not what was signed.");
        LeafDocument document;
        try
        {
            document = LeafDocument.Parse(leaf.Proven.Leaf);
        }
        catch (FormatException e)
        {
            _report.Lie(Place(line, "leaf", expected), e.Message);
            return;
        }
        CheckPayload(line, leaf, document, expected);
    }

    private void CheckPayload(ExportFileLine line, ExportLine leaf, LeafDocument document, long index)
    {
        switch (leaf.Payload)
        {
            case PayloadState.Unreadable unreadable:
                _report.Lie(Place(line, "payload", index), $"The server could not open the payload: {unreadable.Reason}.");
                break;
            case PayloadState.Shredded shredded when leaf.Tombstone is { } tombstone && IsTombstone(tombstone, shredded.KeyId):
                _report.Add(FindingKind.Shredded, Place(line, "payload", index), $"Payload shredded; leaf {tombstone.Index} proves the destruction of its key.");
                break;
            case PayloadState.Shredded shredded:
                _report.Lie(Place(line, "payload", index), $"The payload is said to be shredded, but no leaf proves that key {shredded.KeyId} was destroyed.");
                break;
            case PayloadState.Opened { Payload: var opened }:
                _report.Payloads++;
                if (!opened.Digest().AsSpan().SequenceEqual(document.PayloadDigest)) _report.Lie(Place(line, "payload", index), "The payload or its salt is not what the leaf proves.");
                else CheckLive(line, leaf.Live, opened, document, index);
                break;
        }
    }

    private void CheckLive(ExportFileLine line, LiveRow live, OpenedPayload opened, LeafDocument document, long index)
    {
        if (!live.Projected) return;
        _report.LiveRows++;
        if (live.Bytes is null) _report.Lie(Place(line, "live", index), $"The live row {document.Ref} of '{document.Kind}' is gone.");
        else if (!live.Bytes.AsSpan().SequenceEqual(opened.Payload)) _report.Lie(Place(line, "live", index), $"Live row {document.Ref} of '{document.Kind}': {PayloadComparison.Describe(opened.Payload, live.Bytes)}.");
    }

    private void CheckFooter(ExportFileLine line, string note)
    {
        _closed = true;
        try
        {
            if (_key is not null && !ExportFormat.IsSealed(note, _key, _digest.GetCurrentHash()))
                _report.Lie(Place(line, "note"), "The footer's signature is not over these bytes: a byte somewhere in the file was changed (other findings say where, unless it was in the header or footer).");
        }
        catch (FormatException e)
        {
            _report.Lie(Place(line, "note"), e.Message);
        }
    }

    private void Finish()
    {
        if (_header is null) _report.Lie("line 1", "The file has no readable header.");
        else if (_next != _header.To) _report.Lie("end of the file", $"The header announces leaves up to {_header.To}, the file ends before leaf {_next}.");
        if (!_closed) _report.Lie("end of the file", "The footer is missing: the file was cut.");
        if (_checkpoint is null || _key is null || _header is null) return;
        if (_tree.Size == _checkpoint.Size && !_tree.Root().AsSpan().SequenceEqual(_checkpoint.Root)) _report.Lie("the whole tree", "The root over all leaves is not the signed one.");
        foreach (var anchor in _anchors) CheckAnchor(anchor, _checkpoint, _header, _key);
    }

    private void CheckAnchor(PublishedCheckpoint anchor, Checkpoint current, ExportHeader header, NoteVerifier key)
    {
        var where = $"given checkpoint over {anchor.Checkpoint.Size} leaves";
        _report.Checkpoints++;
        try
        {
            Checkpoint.Open(anchor.Note, key);
        }
        catch (FormatException e)
        {
            _report.Lie(where, e.Message);
            return;
        }
        var (size, root) = (anchor.Checkpoint.Size, anchor.Checkpoint.Root);
        var consistent = size == current.Size ? root.AsSpan().SequenceEqual(current.Root)
            : _roots.TryGetValue(size, out var own) ? root.AsSpan().SequenceEqual(own)
            : header.Anchor == size && header.Consistency is { } proof ? MerkleProof.VerifyConsistency(size, current.Size, root, current.Root, proof)
            : (bool?)null;
        if (consistent == false) _report.Lie(where, "The file's tree does not begin with the tree of this checkpoint: history was rewritten.");
        if (consistent is null) _report.Add(FindingKind.Unchecked, where, size > current.Size
            ? $"The file's checkpoint covers only {current.Size} leaves: take a newer export."
            : $"The file does not hold all leaves up to there: take an export with from=0, or with anchor={size}.");
    }

    private void Grow(byte[] hash)
    {
        _tree.Append(hash, static _ => { });
        if (_anchors.Any(a => a.Checkpoint.Size == _tree.Size)) _roots[_tree.Size] = _tree.Root();
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

    private bool IsProven(ProvenLeaf leaf) => _checkpoint is not null && MerkleProof.VerifyInclusion(MerkleHash.Leaf(leaf.Leaf), leaf.Index, _checkpoint.Size, leaf.Proof, _checkpoint.Root);

    private static string Place(ExportFileLine line, string? member = null, long? index = null)
    {
        var offset = line.Offset + (member is null ? 0 : ExportLineParser.OffsetOf(line.Bytes, member));
        return $"{(index is null ? "" : $"leaf {index}, ")}{(member is null ? "" : $"'{member}', ")}line {line.Number}, byte {offset} of the file";
    }
}
