using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>Puts a leaf together as it leaves the system: its bytes, its proof, its payload in clear, and what the live row says now.</summary>
internal sealed class ExportLines(PayloadVault vault, IEnumerable<IAuditProjection> projections)
{
    private readonly Dictionary<string, IAuditProjection> _projections = projections.ToDictionary(p => p.Kind);

    /// <summary>The lines of the leaves [from, to) of the tree.</summary>
    /// <exception cref="AuditTreeException">Some are missing.</exception>
    public async Task<List<ExportLine>> ReadAsync(FinObsDbContext db, TreeReader tree, long from, long to, CancellationToken cancellationToken)
    {
        var entries = await db.AuditEntries.Where(e => e.LeafIndex >= from && e.LeafIndex < to).OrderBy(e => e.LeafIndex).ToListAsync(cancellationToken);
        if (entries.Count != to - from) throw Missing(from, to);
        return await LinesAsync(db, tree, entries, cancellationToken);
    }

    /// <summary>The lines of these entries, in their order.</summary>
    /// <exception cref="AuditTreeException">The row of a leaf is gone.</exception>
    public async Task<List<ExportLine>> LinesAsync(FinObsDbContext db, TreeReader tree, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. entries.Select(e => e.LeafId)];
        var leaves = await db.AuditLeaves.Where(l => EF.Parameter(ids).Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancellationToken);
        if (leaves.Count != ids.Length) throw Missing(entries[0].LeafIndex, entries[^1].LeafIndex + 1);

        List<AuditLeaf> ordered = [.. ids.Select(id => leaves[id])];
        var payloads = await vault.OpenAsync(db, ordered, cancellationToken);
        var live = await LiveAsync(ordered, cancellationToken);
        var lines = new List<ExportLine>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (!RestrictedActs.IsOpen(ordered[i].Kind)) payloads[i] = new PayloadState.Withheld();
            var tombstone = payloads[i] is PayloadState.Shredded { TombstoneId: { } id } ? await TombstoneAsync(db, tree, id, cancellationToken) : null;
            var proof = await tree.InclusionAsync(entries[i].LeafIndex, cancellationToken);
            var projected = !_projections.ContainsKey(ordered[i].Kind) || payloads[i] is PayloadState.Shredded or PayloadState.Withheld ? LiveRow.None : new LiveRow(true, live.GetValueOrDefault((ordered[i].Kind, ordered[i].RefId)));
            lines.Add(new ExportLine(new ProvenLeaf(entries[i].LeafIndex, ordered[i].Leaf, proof), payloads[i], tombstone, projected));
        }
        return lines;
    }

    private static AuditTreeException Missing(long from, long to) => new($"Leaves between {from} and {to} are missing from the database; verify it.");

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
}
