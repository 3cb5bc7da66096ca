using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>
/// Checks a live database from the first leaf to the last: re-hashes every leaf and every payload, rebuilds every live row's payload, grows the tree anew and holds it against every tile and every
/// checkpoint: those in the database, those in the data folder's file and those given.
/// </summary>
internal sealed class DatabaseVerifier(IDatabase database, AuditKeyring keyring, CheckpointFile file, PayloadVault vault, IEnumerable<IAuditProjection> projections)
{
    private const int ChunkSize = 500;
    private const int MostOrphans = 100;
    private const int MostWaiting = 10_000;
    private const int FileTail = 16 * 1024 * 1024; // some 40,000 checkpoints: half a day at one a second
    private readonly LeafChecks _leafChecks = new(vault, projections);

    public async Task<VerificationReport> VerifyAsync(NoteVerifier? pinned, IReadOnlyList<PublishedCheckpoint> anchors, CancellationToken cancellationToken)
    {
        var report = new VerificationReport { Key = (pinned ?? keyring.Signer.Verifier).Text };
        await using var db = database.CreateContext();
        var accepted = await new AcceptedRestores(vault).ReadAsync(db, cancellationToken);
        foreach (var restore in accepted) Tell(restore, report);
        var roots = new RootChecks(report, pinned ?? keyring.Signer.Verifier, [.. anchors, .. file.Tail(FileTail)], new LostHistory(accepted, file));
        await WalkAsync(db, roots, report, cancellationToken);
        await CheckPendingAsync(db, report, cancellationToken);
        return report;
    }

    private static void Tell(AcceptedRestore restore, VerificationReport report) => report.Add(
        FindingKind.Restored,
        $"leaf {restore.LeafId}",
        $"A database of {restore.Size} leaves was {(restore.Forced ? "forced to go on although it was another than the one published" : "accepted as restored")}; lost: {string.Join(", ", restore.Lost.Select(lost => $"a checkpoint over {lost.Checkpoint.Size} leaves"))}.");

    private async Task WalkAsync(FinObsDbContext db, RootChecks roots, VerificationReport report, CancellationToken cancellationToken)
    {
        // Checkpoints first: what is signed while the walk goes on is for the next run.
        var last = await db.AuditCheckpoints.MaxAsync(c => (long?)c.Size, cancellationToken) ?? 0;
        await using var stored = db.AuditCheckpoints.Where(c => c.Size <= last).OrderBy(c => c.Size).AsAsyncEnumerable().GetAsyncEnumerator(cancellationToken);
        await using var reading = database.CreateContext(); // the open enumeration holds the other's connection
        var (tree, filled) = (new TileFrontier(), new List<FullTile>());
        var pending = await stored.MoveNextAsync() ? stored.Current : null;
        while (true)
        {
            var from = tree.Size;
            var entries = await reading.AuditEntries.Where(e => e.LeafIndex >= from).OrderBy(e => e.LeafIndex).Take(ChunkSize).ToListAsync(cancellationToken);
            if (entries.Count == 0) break;
            var leaves = await _leafChecks.CheckAsync(reading, entries, report, cancellationToken);
            foreach (var (entry, leaf) in entries.Zip(leaves))
            {
                if (entry.LeafIndex != tree.Size)
                {
                    report.Lie($"leaf {tree.Size}", $"The tree has a gap: after leaf {tree.Size - 1} comes leaf {entry.LeafIndex}. Nothing after it can be checked against a root.");
                    return;
                }
                tree.Append(leaf is null ? entry.LeafHash : MerkleHash.Leaf(leaf.Leaf), filled.Add);
                roots.CheckAnchors(tree);
                for (; pending is not null && pending.Size <= tree.Size; pending = await stored.MoveNextAsync() ? stored.Current : null) roots.CheckStored(pending, tree);
            }
            await CheckTilesAsync(reading, filled, report, cancellationToken);
        }
        for (; pending is not null; pending = await stored.MoveNextAsync() ? stored.Current : null)
            report.Lie($"checkpoint over {pending.Size} leaves", $"The tree has only {tree.Size} leaves: its end was cut off.");
        roots.Finish(tree);
    }

    private static async Task CheckTilesAsync(FinObsDbContext db, List<FullTile> filled, VerificationReport report, CancellationToken cancellationToken)
    {
        foreach (var tile in filled)
        {
            var stored = await db.AuditTiles.SingleOrDefaultAsync(t => t.Level == tile.Level && t.TileIndex == tile.Index, cancellationToken);
            if (stored is null || !stored.Hashes.AsSpan().SequenceEqual(tile.Hashes) || !stored.Root.AsSpan().SequenceEqual(tile.Root))
                report.Lie($"tile {tile.Index} of level {tile.Level}", stored is null ? "It is missing." : "Its hashes are not those of the leaves under it.");
        }
        filled.Clear();
    }

    /// <summary>Leaves without a place must be waiting for one, with the hash of their bytes.</summary>
    private static async Task CheckPendingAsync(FinObsDbContext db, VerificationReport report, CancellationToken cancellationToken)
    {
        IQueryable<AuditLeaf> leaves = db.AuditLeaves;
        IQueryable<AuditEntry> entries = db.AuditEntries;
        var waiting = new Dictionary<Guid, byte[]?>();
        await foreach (var block in db.Outbox.OrderBy(b => b.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            foreach (var message in block.Unpack())
            {
                if (message.LeafId is { } leafId) waiting[leafId] = message.LeafHash;
            }
        }

        var orphans = 0;
        var placeless = leaves.Where(l => !entries.Any(e => e.LeafId == l.Id)).OrderBy(l => l.Id).Select(l => l.Id).AsAsyncEnumerable();
        await foreach (var id in placeless.WithCancellation(cancellationToken))
        {
            if (waiting.ContainsKey(id)) continue;
            report.Lie($"leaf row {id}", "It stands in no place of the tree and waits for none: its entry or its outbox row was removed.");
            if (++orphans == MostOrphans) break;
        }

        foreach (var part in waiting.Take(MostWaiting).Chunk(1_000))
        {
            Guid[] ids = [.. part.Select(pair => pair.Key)];
            var stored = await leaves.Where(l => EF.Parameter(ids).Contains(l.Id)).ToDictionaryAsync(l => l.Id, l => l.Leaf, cancellationToken);
            foreach (var (id, hash) in part)
            {
                var leaf = stored.GetValueOrDefault(id);
                if (leaf is null || !MerkleHash.Leaf(leaf).AsSpan().SequenceEqual(hash))
                    report.Lie($"leaf row {id}", leaf is null ? "It waits for a place in the tree, but is gone." : "It waits for a place in the tree with a hash that is not the one of its bytes.");
            }
        }
    }
}
