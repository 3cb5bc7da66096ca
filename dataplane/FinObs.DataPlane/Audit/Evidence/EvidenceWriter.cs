using System.Globalization;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Evidence;

/// <summary>Writes all that is known of one decision into one file that can be checked without this host: the decision's leaf, the leaves about it, and the parts that other slices have.</summary>
internal sealed class EvidenceWriter(IDatabase database, AuditKeyring keyring, StoryReader stories, ExportLines lines, IEnumerable<IEvidencePart> parts, TimeProvider time)
{
    /// <summary>False while no checkpoint covers the decision: ask again in a second. Leaves of its story that are not covered yet are left to the next file.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="subject">Whose evidence.</param>
    /// <param name="anchor">Size of an older checkpoint, at most that of the newest: the file then shows that the tree grew from that one.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task<bool> WriteAsync(Stream output, EvidenceSubject subject, long? anchor, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        if (await AuditReader.LatestAsync(db, cancellationToken) is not { } checkpoint) return false;
        Guid[] story = [.. await stories.OfAsync(subject.LeafId, subject.DecisionId, cancellationToken)];
        var entries = await db.AuditEntries.Where(e => EF.Parameter(story).Contains(e.LeafId) && e.LeafIndex < checkpoint.Size).OrderBy(e => e.LeafIndex).ToListAsync(cancellationToken);
        if (entries.Find(e => e.LeafId == subject.LeafId) is not { } first) return false;

        using var file = new DigestWriter(output);
        var json = new CanonicalJsonWriter();
        var tree = new TreeReader(db, checkpoint.Size);
        WriteHeader(json, subject, checkpoint, anchor, anchor is { } size ? await tree.ConsistencyAsync(size, cancellationToken) : null);
        await file.LineAsync(json, cancellationToken);
        foreach (var line in await lines.LinesAsync(db, tree, [first, .. entries.Where(e => e != first)], cancellationToken))
        {
            line.Write(json);
            await file.LineAsync(json, cancellationToken);
        }
        foreach (var part in parts.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            if (await part.OfAsync(subject, cancellationToken) is not { } bytes) continue;
            WritePart(json, part.Name, bytes);
            await file.LineAsync(json, cancellationToken);
        }
        WriteFooter(json, keyring.Signer.Sign(EvidenceFormat.NoteText(keyring.Signer.Verifier.Name, file.Digest())));
        await file.LineAsync(json, cancellationToken);
        return true;
    }

    private void WriteHeader(CanonicalJsonWriter json, EvidenceSubject subject, AuditCheckpoint checkpoint, long? anchor, byte[][]? consistency)
    {
        json.Reset();
        json.BeginObject();
        json.Property("anchor"u8, anchor?.ToString(CultureInfo.InvariantCulture));
        json.Property("checkpoint"u8, checkpoint.Note);
        json.Name("consistency"u8);
        ExportLine.WriteHashes(json, consistency);
        json.Property("decision"u8, subject.DecisionId);
        json.Property("exportedAt"u8, time.GetUtcNow());
        json.Property("format"u8, EvidenceFormat.Name);
        json.Property("key"u8, keyring.Signer.Verifier.Text);
        json.Property("v"u8, EvidenceFormat.Version);
        json.EndObject();
    }

    private static void WritePart(CanonicalJsonWriter json, string name, byte[] bytes)
    {
        json.Reset();
        json.BeginObject();
        json.Name("bytes"u8);
        json.Base64(bytes);
        json.Property("part"u8, name);
        json.EndObject();
    }

    private static void WriteFooter(CanonicalJsonWriter json, string note)
    {
        json.Reset();
        json.BeginObject();
        json.Property("note"u8, note);
        json.EndObject();
    }
}
