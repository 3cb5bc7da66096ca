using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>What to export: the leaves [From, To) of the tree, and the size of an older checkpoint to which consistency is to be shown.</summary>
internal sealed record ExportRange(long From, long? To, long? Anchor);

/// <summary>Writes a range of leaves into one file that proves itself: no server is needed to check it.</summary>
internal sealed class AuditExporter(IDatabase database, AuditKeyring keyring, PayloadVault vault, IEnumerable<IAuditProjection> projections, TimeProvider time)
{
    private const int ChunkSize = 250;
    private readonly Dictionary<string, IAuditProjection> _projections = projections.ToDictionary(p => p.Kind);

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
            foreach (var line in await ReadAsync(db, tree, start, Math.Min(start + ChunkSize, to), cancellationToken))
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

    private async Task<List<ExportLine>> ReadAsync(FinObsDbContext db, TreeReader tree, long from, long to, CancellationToken cancellationToken)
    {
        var entries = await db.AuditEntries.Where(e => e.LeafIndex >= from && e.LeafIndex < to).OrderBy(e => e.LeafIndex).ToListAsync(cancellationToken);
        Guid[] ids = [.. entries.Select(e => e.LeafId)];
        var leaves = await db.AuditLeaves.Where(l => EF.Parameter(ids).Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancellationToken);
        if (entries.Count != to - from || entries.Exists(e => !leaves.ContainsKey(e.LeafId)))
            throw new AuditTreeException($"Leaves between {from} and {to} are missing from the database; verify it.");

        List<AuditLeaf> ordered = [.. ids.Select(id => leaves[id])];
        var payloads = await vault.OpenAsync(db, ordered, cancellationToken);
        var live = await LiveAsync(ordered, cancellationToken);
        var lines = new List<ExportLine>();
        for (var i = 0; i < entries.Count; i++)
        {
            var tombstone = payloads[i] is PayloadState.Shredded { TombstoneId: { } id } ? await TombstoneAsync(db, tree, id, cancellationToken) : null;
            var proof = await tree.InclusionAsync(entries[i].LeafIndex, cancellationToken);
            var projected = !_projections.ContainsKey(ordered[i].Kind) || payloads[i] is PayloadState.Shredded ? LiveRow.None : new LiveRow(true, live.GetValueOrDefault((ordered[i].Kind, ordered[i].RefId)));
            lines.Add(new ExportLine(new ProvenLeaf(entries[i].LeafIndex, ordered[i].Leaf, proof), payloads[i], tombstone, projected));
        }
        return lines;
    }

    private async Task<Dictionary<(string Kind, Guid Ref), byte[]>> LiveAsync(List<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        var live = new Dictionary<(string, Guid), byte[]>();
        foreach (var kind in leaves.GroupBy(l => l.Kind).Where(g => _projections.ContainsKey(g.Key)))
        {
            foreach (var (id, bytes) in await _projections[kind.Key].ProjectAsync([.. kind.Select(l => l.RefId)], cancellationToken)) live[(kind.Key, id)] = bytes;
        }
        return live;
    }

    /// <summary>The leaf that proves a key's destruction, if it is already in the signed tree.</summary>
    private static async Task<ProvenLeaf?> TombstoneAsync(FinObsDbContext db, TreeReader tree, Guid id, CancellationToken cancellationToken)
    {
        var entry = await db.AuditEntries.SingleOrDefaultAsync(e => e.LeafId == id, cancellationToken);
        var leaf = await db.AuditLeaves.SingleOrDefaultAsync(l => l.Id == id, cancellationToken);
        return entry is null || leaf is null || entry.LeafIndex >= tree.Size ? null : new ProvenLeaf(entry.LeafIndex, leaf.Leaf, await tree.InclusionAsync(entry.LeafIndex, cancellationToken));
    }

    /// <summary>Lines to the stream, their bytes into the digest.</summary>
    private sealed class DigestWriter(Stream output) : IDisposable
    {
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public byte[] Digest() => _digest.GetCurrentHash();

        public async Task LineAsync(CanonicalJsonWriter json, CancellationToken cancellationToken)
        {
            byte[] line = [.. json.Written, (byte)'\n'];
            _digest.AppendData(line);
            await output.WriteAsync(line, cancellationToken);
        }

        public void Dispose() => _digest.Dispose();
    }
}
