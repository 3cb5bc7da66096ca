using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Verification;

public class DatabaseVerifierTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_database_that_nobody_touched_verifies(DatabaseKind kind)
    {
        await using var audit = await StartAsync(kind);
        await new Rows(audit).ShredAsync("acct-5");
        await audit.SequenceAsync();
        await audit.CommitAsync(2); // waiting for a place
        var report = await VerifyAsync(audit);
        Assert.Equal((0, 0, 601L), (report.ExitCode, report.Lies, report.Leaves));
        Assert.Equal(85, report.Shredded);
        Assert.True(report.Checkpoints >= 4);
    }

    /// <summary>codenotary/immudb#2063: a stored value edited on disk must not audit as consistent.</summary>
    [Theory]
    [InlineData("audit_leaves", "payload", "leaf 57 ", "cannot be opened")]
    [InlineData("audit_leaves", "leaf", "leaf 57 ", "not those that were hashed")]
    internal async Task Any_flipped_byte_of_a_stored_leaf_or_payload_names_the_leaf(string table, string column, string where, string what)
    {
        await using var audit = await StartAsync(DatabaseKind.Sqlite);
        var (id, leaf) = await LeafAsync(audit, 57);
        var bytes = column == "leaf" ? PackedJson.Pack(leaf.Leaf) : leaf.Payload;
        await audit.DropTriggersAsync(table);
        for (var i = 0; i < bytes.Length; i += 37)
        {
            bytes[i] ^= 1;
            await audit.ExecuteAsync($"UPDATE {table} SET {column} = {audit.Literal(bytes)} WHERE id = {audit.Literal(id)}");
            var report = await VerifyAsync(audit);
            Assert.Contains(report.Findings, f => f.Kind == FindingKind.Lie && f.Where.StartsWith(where, StringComparison.Ordinal) && f.What.Contains(what, StringComparison.Ordinal));
            bytes[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("hash", "UPDATE audit_entries SET leaf_hash = (SELECT leaf_hash FROM audit_entries WHERE leaf_index = 58) WHERE leaf_index = 57", "leaf 57 ", "hashed")]
    [InlineData("order", "UPDATE audit_entries SET leaf_index = -1 WHERE leaf_index = 57; UPDATE audit_entries SET leaf_index = 57 WHERE leaf_index = 58; UPDATE audit_entries SET leaf_index = 58 WHERE leaf_index = -1", "checkpoint over", "root that was signed")]
    [InlineData("gap", "DELETE FROM audit_entries WHERE leaf_index = 57", "leaf 57", "gap")]
    [InlineData("row gone", "DELETE FROM audit_leaves WHERE id = (SELECT leaf_id FROM audit_entries WHERE leaf_index = 57)", "leaf 57 ", "row is gone")]
    [InlineData("column", "UPDATE audit_leaves SET kind = 'other' WHERE id = (SELECT leaf_id FROM audit_entries WHERE leaf_index = 57)", "leaf 57 ", "columns")]
    [InlineData("tail cut", "DELETE FROM audit_entries WHERE leaf_index >= 590", "checkpoint over 600", "cut off")]
    [InlineData("tail cut with its checkpoints", "DELETE FROM audit_entries WHERE leaf_index >= 590; DELETE FROM audit_leaves WHERE id NOT IN (SELECT leaf_id FROM audit_entries); DELETE FROM audit_checkpoints WHERE size > 590", "from outside the database", "cut off")]
    [InlineData("truncated", "DELETE FROM audit_entries; DELETE FROM audit_leaves; DELETE FROM audit_tiles", "checkpoint over 600", "cut off")]
    [InlineData("truncated with its checkpoints", "DELETE FROM audit_entries; DELETE FROM audit_leaves; DELETE FROM audit_tiles; DELETE FROM audit_checkpoints; DELETE FROM outbox", "from outside the database", "cut off")]
    [InlineData("tile", "UPDATE audit_tiles SET root = zeroblob(32) WHERE tile_index = 1", "tile 1 of level 0", "hashes")]
    [InlineData("tile gone", "DELETE FROM audit_tiles WHERE tile_index = 1", "tile 1 of level 0", "missing")]
    [InlineData("checkpoint", "UPDATE audit_checkpoints SET note = replace(note, '600', '599')", "checkpoint over 600", "not signed")]
    [InlineData("checkpoint column", "UPDATE audit_checkpoints SET root = zeroblob(32) WHERE size = 600", "checkpoint over 600", "columns")]
    [InlineData("key", "UPDATE subject_keys SET wrapped = zeroblob(60)", "leaf 57 ", "unwrap")]
    [InlineData("key gone", "DELETE FROM subject_keys", "leaf 57 ", "row is gone")]
    [InlineData("orphan", "DELETE FROM outbox", "leaf row", "waits for none")]
    internal async Task Tampering_is_found_and_named(string name, string sql, string where, string what)
    {
        await using var audit = await StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(1);
        foreach (var table in new[] { "audit_leaves", "audit_entries", "audit_tiles", "audit_checkpoints" }) await audit.DropTriggersAsync(table);
        await audit.ExecuteAsync(sql);
        var report = await VerifyAsync(audit);
        Assert.True(report.Findings.Any(f => f.Where.Contains(where, StringComparison.Ordinal) && f.What.Contains(what, StringComparison.Ordinal)), $"{name}: {string.Join(" | ", report.Findings)}");
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public async Task A_history_rewritten_with_the_signing_key_is_found_by_the_file_beside_the_database()
    {
        await using var audit = await StartAsync(DatabaseKind.Sqlite);
        await new Rows(audit).RewriteAsync(600);
        Assert.Equal(0, (await VerifyAsync(audit)).ExitCode); // consistent in itself: only what was kept elsewhere can tell
        var kept = CheckpointFile.Parse(await File.ReadAllTextAsync(audit.File.FullPath + ".kept", audit.Stop)).ToList();
        var report = await VerifyAsync(audit, kept);
        Assert.Contains(report.Findings, f => f.What.Contains("rewritten", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_live_row_that_differs_is_named()
    {
        await using var audit = await StartAsync(DatabaseKind.Sqlite);
        var live = await new Rows(audit).ProjectionAsync();
        var row = await new Rows(audit).RefAsync(57);
        live.Rows[row] = AuditHarness.Payload("forged");
        var report = await new DatabaseVerifier(audit.Database, audit.Keyring, audit.File, new PayloadVault(audit.Keyring), [live]).VerifyAsync(null, [], audit.Stop);
        var finding = Assert.Single(report.Findings);
        Assert.StartsWith("leaf 57 ", finding.Where, StringComparison.Ordinal);
        Assert.Contains($"{row}", finding.What, StringComparison.Ordinal);
        Assert.Contains("'text'", finding.What, StringComparison.Ordinal);
    }

    private static async Task<AuditHarness> StartAsync(DatabaseKind kind)
    {
        var audit = await AuditHarness.StartAsync(kind);
        await audit.CommitAsync(400);
        await audit.SequenceAsync();
        await audit.CommitAsync(200);
        await audit.SequenceAsync();
        return audit;
    }

    private static async Task<VerificationReport> VerifyAsync(AuditHarness audit, IReadOnlyList<PublishedCheckpoint>? anchors = null) =>
        await new DatabaseVerifier(audit.Database, audit.Keyring, audit.File, new PayloadVault(audit.Keyring), [await SafeProjectionAsync(audit)]).VerifyAsync(null, anchors ?? [], audit.Stop);

    private static async Task<LiveRows> SafeProjectionAsync(AuditHarness audit) => await new Rows(audit).ProjectionAsync();

    private static async Task<(Guid Id, AuditLeaf Leaf)> LeafAsync(AuditHarness audit, long index)
    {
        await using var db = audit.Database.CreateContext();
        var id = db.Set<AuditEntry>().Single(e => e.LeafIndex == index).LeafId;
        return (id, db.Set<AuditLeaf>().Single(l => l.Id == id));
    }
}
