using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Checks an export file with nothing but the file and, better, a key and older checkpoints from elsewhere.</summary>
internal sealed class ExportVerifier
{
    private readonly VerificationReport _report = new();
    private readonly SignedFile _file;
    private readonly IReadOnlyList<PublishedCheckpoint> _anchors;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TileFrontier _tree = new();
    private readonly Dictionary<long, byte[]> _roots = []; // of the anchors' sizes, as far as the leaves of the file reach
    private ExportHeader? _header;
    private long _next;
    private bool _closed;

    private ExportVerifier(NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint> anchors) => (_file, _anchors) = (new SignedFile(_report, pinned), anchors);

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
            if (_closed) _report.Lie(SignedFile.Place(line), "There is something after the footer.");
            else if (!line.Ended) _report.Lie(SignedFile.Place(line), "The file ends in the middle of a line: it was cut.");
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
        _file.Open(line, _header.Key, _header.Checkpoint);
        if (_file.Checkpoint is { } checkpoint && (_header.From >= _header.To || _header.To > checkpoint.Size)) _report.Lie(SignedFile.Place(line, "from"), $"Leaves {_header.From} to {_header.To} are not within the checkpoint's {checkpoint.Size}.");
    }

    private void CheckLeaf(ExportFileLine line, ExportLine leaf)
    {
        var expected = _next++;
        if (leaf.Proven.Index != expected) _report.Lie(SignedFile.Place(line, "index", expected), $"Here should be leaf {expected}, but the line says {leaf.Proven.Index}: leaves are missing, doubled or out of order.");
        if (_header?.From == 0) Grow(MerkleHash.Leaf(leaf.Proven.Leaf));
        _file.CheckLeaf(line, leaf, expected);
    }

    private void CheckFooter(ExportFileLine line, string note)
    {
        _closed = true;
        try
        {
            if (_file.Key is { } key && !ExportFormat.IsSealed(note, key, _digest.GetCurrentHash()))
                _report.Lie(SignedFile.Place(line, "note"), "The footer's signature is not over these bytes: a byte somewhere in the file was changed (other findings say where, unless it was in the header or footer).");
        }
        catch (FormatException e)
        {
            _report.Lie(SignedFile.Place(line, "note"), e.Message);
        }
    }

    private void Finish()
    {
        if (_header is null) _report.Lie("line 1", "The file has no readable header.");
        else if (_next != _header.To) _report.Lie("end of the file", $"The header announces leaves up to {_header.To}, the file ends before leaf {_next}.");
        if (!_closed) _report.Lie("end of the file", "The footer is missing: the file was cut.");
        if (_file is not { Checkpoint: { } checkpoint, Key: { } key } || _header is null) return;
        if (_tree.Size == checkpoint.Size && !_tree.Root().AsSpan().SequenceEqual(checkpoint.Root)) _report.Lie("the whole tree", "The root over all leaves is not the signed one.");
        var kept = new KeptCheckpoint(_report, checkpoint, key, _header is { Anchor: { } size, Consistency: { } proof } ? (size, proof) : null);
        foreach (var anchor in _anchors)
        {
            var before = anchor.Checkpoint.Size;
            kept.Check(anchor, _roots.GetValueOrDefault(before), $"The file does not hold all leaves up to there: take an export with from=0, or with anchor={before}.");
        }
    }

    private void Grow(byte[] hash)
    {
        _tree.Append(hash, static _ => { });
        if (_anchors.Any(a => a.Checkpoint.Size == _tree.Size)) _roots[_tree.Size] = _tree.Root();
    }
}
