using System.Security.Cryptography;
using System.Text.Json;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Checks an evidence file with nothing but the file and, better, a key from elsewhere.</summary>
internal sealed class EvidenceVerifier
{
    private readonly VerificationReport _report = new();
    private readonly SignedFile _file;
    private readonly IReadOnlyList<PublishedCheckpoint> _anchors;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashSet<Guid> _known = []; // what the leaves so far are about: each further one must be about one of these
    private readonly Dictionary<Guid, string> _strangers = []; // what else leaves are about, and where the first such leaf is: a payload must connect it with the decision
    private readonly HashSet<Guid> _connected = [];
    private readonly HashSet<Guid> _unread = [];
    private EvidenceHeader? _header;
    private byte[]? _decision; // payload of the first leaf, once it is proven
    private long _last = -1;
    private int _leaves;
    private bool _closed;

    private EvidenceVerifier(NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint> anchors) => (_file, _anchors) = (new SignedFile(_report, pinned), anchors);

    /// <param name="file">The evidence.</param>
    /// <param name="pinned">The log's public key from a source that is trusted; null: the one in the file.</param>
    /// <param name="anchors">Checkpoints kept elsewhere, with which the tree that the leaves are in must agree.</param>
    public static VerificationReport Verify(Stream file, NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint>? anchors = null)
    {
        EvidenceVerifier verifier = new(pinned, anchors ?? []);
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
            else if (ExportLineParser.Part(line.Bytes) is { } part) CheckPart(line, part.Name, part.Bytes);
            else CheckLeaf(line);
        }
        catch (ExportFormatException e)
        {
            _report.Lie($"line {line.Number}, byte {line.Offset + e.Offset} of the file", e.Message);
        }
        _digest.AppendData(line.Bytes);
        _digest.AppendData("\n"u8);
    }

    private void CheckHeader(ExportFileLine line)
    {
        _header = ExportLineParser.EvidenceHeader(line.Bytes);
        _known.Add(_header.Decision);
        _file.Open(line, _header.Key, _header.Checkpoint);
    }

    private void CheckLeaf(ExportFileLine line)
    {
        var leaf = ExportLineParser.Leaf(line.Bytes);
        var (document, payload) = _file.CheckLeaf(line, leaf, leaf.Proven.Index);
        if (_leaves++ == 0)
        {
            if (document is not null && (document.Kind, document.Ref) != (AuditTables.DecisionKind, _header?.Decision)) _report.Lie(SignedFile.Place(line, "leaf"), "The first leaf is not that of the decision in the header.");
            _decision = payload;
            return;
        }
        if (leaf.Proven.Index <= _last) _report.Lie(SignedFile.Place(line, "index"), "Leaves are doubled or out of order.");
        _last = leaf.Proven.Index;
        if (document is null) return;
        if (document.About is not { } about) _report.Lie(SignedFile.Place(line, "leaf"), "The leaf is about nothing: it does not belong to this story.");
        else if (_strangers.ContainsKey(about) || !_known.Contains(about)) Connect(about, SignedFile.Place(line, "leaf"), payload);
        _known.Add(document.Ref);
    }

    /// <summary>A case is in the story of each transaction that it groups: one of its leaves names the decision among its items, not always the first.</summary>
    private void Connect(Guid about, string place, byte[]? payload)
    {
        _strangers.TryAdd(about, place);
        if (payload is null)
        {
            _unread.Add(about);
            return;
        }
        if (ItemsOf(payload).Contains(_header?.Decision.ToString(), StringComparer.Ordinal)) _connected.Add(about);
    }

    private static string[] ItemsOf(byte[] payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.String
                ? items.GetString()!.Split('\n') : [];
        }
        catch (JsonException)
        {
            return []; // a payload of another form, or one that is not what its leaf proves
        }
    }

    private void CheckPart(ExportFileLine line, string name, byte[] bytes)
    {
        if (ProvenParts.MemberOf(name) is not { } member)
        {
            _report.Add(FindingKind.Unproven, SignedFile.Place(line, "part"), $"'{name}' is what the host that made this file says; no leaf proves it.");
            return;
        }
        if (_decision is null)
        {
            _report.Add(FindingKind.Unchecked, SignedFile.Place(line, "part"), $"'{name}' cannot be compared: the decision's payload is not readable.");
            return;
        }
        using var payload = JsonDocument.Parse(_decision);
        var proven = payload.RootElement.TryGetProperty("decision", out var decision) && decision.TryGetProperty(member, out var value) ? value.GetString() : null;
        if (proven != Convert.ToHexStringLower(SHA256.HashData(bytes))) _report.Lie(SignedFile.Place(line, "bytes"), $"'{name}' is not what the decision's leaf proves ({member}).");
    }

    private void CheckFooter(ExportFileLine line, string note)
    {
        _closed = true;
        try
        {
            if (_file.Key is { } key && !EvidenceFormat.IsSealed(note, key, _digest.GetCurrentHash()))
                _report.Lie(SignedFile.Place(line, "note"), "The footer's signature is not over these bytes: a byte somewhere in the file was changed.");
        }
        catch (FormatException e)
        {
            _report.Lie(SignedFile.Place(line, "note"), e.Message);
        }
    }

    private void Finish()
    {
        if (_header is null) _report.Lie("line 1", "The file has no readable header.");
        if (_leaves == 0) _report.Lie("the file", "It holds no leaf.");
        foreach (var (about, place) in _strangers.Where(pair => !_connected.Contains(pair.Key)))
        {
            if (_unread.Contains(about)) _report.Add(FindingKind.Unchecked, place, $"Whether {about} belongs to this story cannot be checked: a payload that could say so is not readable.");
            else _report.Lie(place, "The leaf is about something that is not in this story.");
        }
        if (!_closed) _report.Lie("end of the file", "The footer is missing: the file was cut.");
        CheckAnchors();
    }

    private void CheckAnchors()
    {
        if (_file is not { Checkpoint: { } checkpoint, Key: { } key } || _header is null) return;
        var kept = new KeptCheckpoint(_report, checkpoint, key, _header is { Anchor: { } size, Consistency: { } proof } ? (size, proof) : null);
        foreach (var anchor in _anchors) kept.Check(anchor, own: null, $"The file does not show that its tree grew from there: take the evidence with anchor={anchor.Checkpoint.Size}.");
    }
}
