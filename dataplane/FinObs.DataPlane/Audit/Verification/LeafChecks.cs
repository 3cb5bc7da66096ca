using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>Checks stored leaves: bytes against hash, columns against bytes, payload against digest, live row against payload.</summary>
internal sealed class LeafChecks(PayloadVault vault, IEnumerable<IAuditProjection> projections)
{
    private readonly Dictionary<string, IAuditProjection> _projections = projections.ToDictionary(p => p.Kind);

    /// <summary>The rows of these entries, null where one is gone.</summary>
    public async Task<List<AuditLeaf?>> CheckAsync(FinObsDbContext db, List<AuditEntry> entries, VerificationReport report, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. entries.Select(e => e.LeafId)];
        var rows = await db.AuditLeaves.Where(l => EF.Parameter(ids).Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancellationToken);
        var sound = new List<(AuditLeaf Leaf, LeafDocument Document, string Where)>();
        foreach (var entry in entries)
        {
            report.Leaves++;
            var where = $"leaf {entry.LeafIndex} ({entry.LeafId})";
            if (!rows.TryGetValue(entry.LeafId, out var leaf)) report.Lie(where, "Its row is gone.");
            else if (!MerkleHash.Leaf(leaf.Leaf).AsSpan().SequenceEqual(entry.LeafHash)) report.Lie(where, "Its bytes are not those that were hashed into the tree.");
            else if (Parse(leaf, where, report) is { } document) sound.Add((leaf, document, where));
        }
        await CheckPayloadsAsync(db, sound, report, cancellationToken);
        return [.. ids.Select(id => rows.GetValueOrDefault(id))];
    }

    private static LeafDocument? Parse(AuditLeaf leaf, string where, VerificationReport report)
    {
        try
        {
            var document = LeafDocument.Parse(leaf.Leaf);
            if ((document.Id, document.Namespace, document.Kind, document.Ref, document.About) != (leaf.Id, leaf.Namespace, leaf.Kind, leaf.RefId, leaf.AboutId)) report.Lie(where, "Its row's columns do not say what its bytes say.");
            return document;
        }
        catch (FormatException e)
        {
            report.Lie(where, e.Message);
            return null;
        }
    }

    private async Task CheckPayloadsAsync(FinObsDbContext db, List<(AuditLeaf Leaf, LeafDocument Document, string Where)> leaves, VerificationReport report, CancellationToken cancellationToken)
    {
        var states = await vault.OpenAsync(db, [.. leaves.Select(l => l.Leaf)], cancellationToken);
        var opened = new List<(LeafDocument Document, byte[] Payload, string Where)>();
        for (var i = 0; i < leaves.Count; i++)
        {
            var (_, document, where) = leaves[i];
            switch (states[i])
            {
                case PayloadState.Unreadable unreadable:
                    report.Lie(where, $"The payload cannot be opened: {unreadable.Reason}.");
                    break;
                case PayloadState.Shredded shredded when await IsTombstoneAsync(db, shredded, cancellationToken):
                    report.Add(FindingKind.Shredded, where, $"Payload shredded; leaf {shredded.TombstoneId} proves the destruction of its key.");
                    break;
                case PayloadState.Shredded shredded:
                    report.Lie(where, $"The payload's key {shredded.KeyId} is gone, but no leaf proves that it was destroyed.");
                    break;
                case PayloadState.Opened { Payload: var payload }:
                    report.Payloads++;
                    if (payload.Digest().AsSpan().SequenceEqual(document.PayloadDigest)) opened.Add((document, payload.Payload, where));
                    else report.Lie(where, "The payload is not what the leaf proves.");
                    break;
            }
        }
        foreach (var kind in opened.GroupBy(o => o.Document.Kind).Where(g => _projections.ContainsKey(g.Key))) await CheckLiveAsync(kind.Key, [.. kind], report, cancellationToken);
    }

    private async Task CheckLiveAsync(string kind, List<(LeafDocument Document, byte[] Payload, string Where)> leaves, VerificationReport report, CancellationToken cancellationToken)
    {
        var live = await _projections[kind].ProjectAsync([.. leaves.Select(l => l.Document.Ref)], cancellationToken);
        foreach (var (document, payload, where) in leaves)
        {
            report.LiveRows++;
            if (!live.TryGetValue(document.Ref, out var bytes)) report.Lie(where, $"The live row {document.Ref} of '{kind}' is gone.");
            else if (!bytes.AsSpan().SequenceEqual(payload)) report.Lie(where, $"Live row {document.Ref} of '{kind}': {PayloadComparison.Describe(payload, bytes)}.");
        }
    }

    /// <summary>The tombstone's own bytes are checked at its own place in the tree.</summary>
    private static async Task<bool> IsTombstoneAsync(FinObsDbContext db, PayloadState.Shredded shredded, CancellationToken cancellationToken) =>
        await db.AuditLeaves.Where(l => l.Id == shredded.TombstoneId && l.Kind == SubjectShredder.TombstoneKind && l.RefId == shredded.KeyId).AnyAsync(cancellationToken);
}
