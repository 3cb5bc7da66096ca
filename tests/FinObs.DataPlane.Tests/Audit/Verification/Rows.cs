using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Audit.Verification;

/// <summary>What the tests do to an audit log's rows: read, shred, rewrite.</summary>
internal sealed class Rows(AuditHarness audit)
{
    /// <summary>Live rows that agree with every act's payload, as the slice that wrote them would give.</summary>
    public async Task<LiveRows> ProjectionAsync()
    {
        await using var db = audit.Database.CreateContext();
        var leaves = await db.AuditLeaves.Where(l => l.Kind == AuditHarness.Kind).ToListAsync(audit.Stop);
        var payloads = await new PayloadVault(audit.Keyring).OpenAsync(db, leaves, audit.Stop);
        return new LiveRows(leaves.Zip(payloads).Where(p => p.Second is PayloadState.Opened).ToDictionary(p => p.First.RefId, p => ((PayloadState.Opened)p.Second).Payload.Payload));
    }

    public async Task<Guid> RefAsync(long index)
    {
        await using var db = audit.Database.CreateContext();
        var id = await db.AuditEntries.Where(e => e.LeafIndex == index).Select(e => e.LeafId).SingleAsync(audit.Stop);
        return await db.AuditLeaves.Where(l => l.Id == id).Select(l => l.RefId).SingleAsync(audit.Stop);
    }

    public Task<Guid?> ShredAsync(string subject) => new SubjectShredder(audit.Database, audit.Keyring, audit.Composer, audit.Keys, new OutboxSignal(), audit.Time)
        .ShredAsync(AuditHarness.Namespace, subject, "user:dpo", "erasure request 7", audit.Stop);

    /// <summary>An owner of the database and of the signing key writes another history of the same length, consistent in itself.</summary>
    public async Task RewriteAsync(int count)
    {
        foreach (var table in new[] { "audit_leaves", "audit_entries", "audit_tiles", "audit_checkpoints" })
        {
            await audit.DropTriggersAsync(table);
            await audit.ExecuteAsync($"DELETE FROM {table}");
        }
        File.Move(audit.File.FullPath, audit.File.FullPath + ".kept");
        audit.NewSequencer();
        await audit.CommitAsync(count, "another history");
        await audit.SequenceAsync();
    }
}

internal sealed class LiveRows(Dictionary<Guid, byte[]> rows) : IAuditProjection
{
    public Dictionary<Guid, byte[]> Rows => rows;

    public string Kind => AuditHarness.Kind;

    public Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Guid, byte[]>>(rows.Where(r => refs.Contains(r.Key)).ToDictionary());
}
