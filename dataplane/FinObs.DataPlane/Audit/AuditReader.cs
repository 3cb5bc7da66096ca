using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit;

/// <summary>Where a leaf stands.</summary>
/// <param name="LeafId">Its id.</param>
/// <param name="Leaf">Its bytes, verbatim.</param>
/// <param name="Index">Its place in the tree; null while pending.</param>
/// <param name="Provable">A signed checkpoint covers it.</param>
internal sealed record LeafStatus(Guid LeafId, byte[] Leaf, long? Index, bool Provable);

/// <summary>Shows that a leaf stands in a signed tree.</summary>
internal sealed record LeafProof(Guid LeafId, byte[] LeafHash, long Index, long Size, IReadOnlyList<byte[]> Hashes, string Checkpoint);

/// <summary>What is known of a leaf's proof.</summary>
internal abstract record LeafProofOutcome
{
    internal sealed record Proven(LeafProof Proof) : LeafProofOutcome;

    /// <summary>The leaf is committed; its place or its checkpoint follows, within a second.</summary>
    internal sealed record Pending : LeafProofOutcome;

    internal sealed record Unknown : LeafProofOutcome;
}

/// <summary>Shows that the tree of one checkpoint is the beginning of another's.</summary>
internal sealed record ConsistencyProof(long From, long To, IReadOnlyList<byte[]> Hashes);

/// <summary>Answers questions about leaves, proofs and checkpoints; for the API and for other slices.</summary>
internal sealed class AuditReader(IDatabase database)
{
    public async Task<LeafStatus?> FindLeafAsync(Guid leafId, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var leaf = await db.AuditLeaves.Where(l => l.Id == leafId).Select(l => l.Leaf).SingleOrDefaultAsync(cancellationToken);
        if (leaf is null) return null;
        var index = await IndexAsync(db, leafId, cancellationToken);
        return new LeafStatus(leafId, leaf, index, index is { } at && at < await LastSizeAsync(db, cancellationToken));
    }

    /// <summary>The places of many leaves; those pending are left out.</summary>
    public async Task<Dictionary<Guid, long>> IndexesAsync(IReadOnlyCollection<Guid> leafIds, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. leafIds];
        await using var db = database.CreateContext();
        return await db.AuditEntries.Where(e => EF.Parameter(wanted).Contains(e.LeafId)).ToDictionaryAsync(e => e.LeafId, e => e.LeafIndex, cancellationToken);
    }

    public async Task<LeafProofOutcome> ProveAsync(Guid leafId, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var entry = await db.AuditEntries.SingleOrDefaultAsync(e => e.LeafId == leafId, cancellationToken);
        if (entry is null)
            return await db.AuditLeaves.AnyAsync(l => l.Id == leafId, cancellationToken) ? new LeafProofOutcome.Pending() : new LeafProofOutcome.Unknown();
        if (await LatestAsync(db, cancellationToken) is not { } checkpoint || entry.LeafIndex >= checkpoint.Size) return new LeafProofOutcome.Pending();
        var hashes = await new TreeReader(db, checkpoint.Size).InclusionAsync(entry.LeafIndex, cancellationToken);
        return new LeafProofOutcome.Proven(new LeafProof(leafId, entry.LeafHash, entry.LeafIndex, checkpoint.Size, hashes, checkpoint.Note));
    }

    /// <summary>Null when a size is beyond the last checkpoint.</summary>
    public async Task<ConsistencyProof?> ProveConsistencyAsync(long from, long to, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        if (from < 0 || from > to || to > await LastSizeAsync(db, cancellationToken)) return null;
        return new ConsistencyProof(from, to, await new TreeReader(db, to).ConsistencyAsync(from, cancellationToken));
    }

    public async Task<AuditCheckpoint?> LatestCheckpointAsync(CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        return await LatestAsync(db, cancellationToken);
    }

    internal static Task<AuditCheckpoint?> LatestAsync(FinObsDbContext db, CancellationToken cancellationToken) =>
        db.AuditCheckpoints.OrderByDescending(c => c.Size).FirstOrDefaultAsync(cancellationToken);

    private static Task<long> LastSizeAsync(FinObsDbContext db, CancellationToken cancellationToken) =>
        db.AuditCheckpoints.OrderByDescending(c => c.Size).Select(c => c.Size).FirstOrDefaultAsync(cancellationToken);

    private static Task<long?> IndexAsync(FinObsDbContext db, Guid leafId, CancellationToken cancellationToken) =>
        db.AuditEntries.Where(e => e.LeafId == leafId).Select(e => (long?)e.LeafIndex).SingleOrDefaultAsync(cancellationToken);
}
