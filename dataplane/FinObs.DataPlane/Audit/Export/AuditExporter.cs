using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>What to export: the leaves [From, To) of the tree, and the size of an older checkpoint to which consistency is to be shown.</summary>
internal sealed record ExportRange(long From, long? To, long? Anchor);

/// <summary>Writes a range of leaves into one file that proves itself: no server is needed to check it.</summary>
internal sealed class AuditExporter(IDatabase database, AuditKeyring keyring, ExportLines lines, TimeProvider time)
{
    private const int ChunkSize = 250;

    /// <summary>The sentence that says why a range cannot be exported, or null when it can.</summary>
    public static string? Refuse(ExportRange range, long size)
    {
        if (size == 0) return "There is no checkpoint yet; try again in a second.";
        if (range.From < 0 || range.From >= size || range.To <= range.From) return $"Ask for from < to, with from between 0 and {size - 1}: the last checkpoint covers {size} leaves.";
        return range.Anchor is < 1 || range.Anchor > size ? $"The anchor is the size of an older checkpoint, between 1 and {size}." : null;
    }

    /// <summary>Streams the file; the range has been checked against this checkpoint.</summary>
    public async Task WriteAsync(Stream output, ExportRange range, AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var file = new DigestWriter(output);
        await using var db = database.CreateContext();
        var tree = new TreeReader(db, checkpoint.Size);
        var to = Math.Min(range.To ?? checkpoint.Size, checkpoint.Size);

        var json = new CanonicalJsonWriter();
        WriteHeader(json, range, to, checkpoint, range.Anchor is { } anchor ? await tree.ConsistencyAsync(anchor, cancellationToken) : null);
        await file.LineAsync(json, cancellationToken);
        for (var start = range.From; start < to; start += ChunkSize)
        {
            foreach (var line in await lines.ReadAsync(db, tree, start, Math.Min(start + ChunkSize, to), cancellationToken))
            {
                line.Write(json);
                await file.LineAsync(json, cancellationToken);
            }
        }
        var note = keyring.Signer.Sign(ExportFormat.NoteText(keyring.Signer.Verifier.Name, file.Digest()));
        json.Reset();
        json.BeginObject();
        json.Property("note"u8, note);
        json.EndObject();
        await file.LineAsync(json, cancellationToken);
    }

    private void WriteHeader(CanonicalJsonWriter json, ExportRange range, long to, AuditCheckpoint checkpoint, byte[][]? consistency)
    {
        json.Reset();
        json.BeginObject();
        json.Property("anchor"u8, range.Anchor?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.Property("checkpoint"u8, checkpoint.Note);
        json.Name("consistency"u8);
        ExportLine.WriteHashes(json, consistency);
        json.Property("exportedAt"u8, time.GetUtcNow());
        json.Property("format"u8, ExportFormat.Name);
        json.Property("from"u8, range.From);
        json.Property("key"u8, keyring.Signer.Verifier.Text);
        json.Property("to"u8, to);
        json.Property("v"u8, ExportFormat.Version);
        json.EndObject();
    }
}
