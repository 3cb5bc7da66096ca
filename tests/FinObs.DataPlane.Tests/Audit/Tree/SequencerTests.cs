using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Audit.Tree;

public class SequencerTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Leaves_get_dense_places_in_the_order_of_their_ids_under_a_signed_root(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        audit.Options.Value.SequencerBatch = 2;
        var leaves = new List<ComposedLeaf>();
        for (var commit = 0; commit < 7; commit++) leaves.AddRange(await audit.CommitAsync(100));
        await audit.SequenceAsync();

        await using var db = audit.Database.CreateContext();
        var entries = await db.AuditEntries.OrderBy(e => e.LeafIndex).ToListAsync(audit.Stop);
        Assert.Equal(Enumerable.Range(0, 700).Select(i => (long)i), entries.Select(e => e.LeafIndex));
        Assert.Equal(leaves.Select(l => l.LeafId), entries.Select(e => e.LeafId));
        Assert.Equal(2, await db.AuditTiles.CountAsync(audit.Stop));
        Assert.Empty(await db.Outbox.ToListAsync(audit.Stop));

        var checkpoint = Checkpoint.Open((await audit.Reader.LatestCheckpointAsync(audit.Stop))!.Note, audit.Keyring.Signer.Verifier);
        Assert.Equal(700, checkpoint.Size);
        Assert.Equal(MerkleTree.Root([.. leaves.Select(l => MerkleHash.Leaf(l.Leaf.Leaf))]), checkpoint.Root);
        Assert.Equal(700, audit.File.Last()!.Size);
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Events_are_numbered_densely_in_each_namespace(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        var log = new EventLog(audit.Database);
        for (var round = 0; round < 3; round++)
        {
            await audit.CommitAsync(audit.Act("a", topic: "decision.made"), audit.Act("no event"), audit.Act("b", topic: "decision.made", @namespace: "other"), audit.Act("c", topic: "case.opened"));
            await audit.SequenceAsync();
        }
        Assert.Equal([1L, 2, 3, 4, 5, 6], (await log.ReadAsync("default", 0, 100, audit.Stop)).Select(e => e.EventId));
        Assert.Equal(["decision.made", "case.opened"], (await log.ReadAsync("default", 4, 100, audit.Stop)).Select(e => e.Topic));
        Assert.Equal([1L, 2, 3], (await log.ReadAsync("other", 0, 100, audit.Stop)).Select(e => e.EventId));
        Assert.Equal(new EventBounds(1, 6), await log.BoundsAsync("default", audit.Stop));
        Assert.Equal(new EventBounds(1, 0), await log.BoundsAsync("nobody", audit.Stop));
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_kill_at_any_point_of_a_round_leaves_all_of_it_or_nothing(DatabaseKind kind)
    {
        FaultyDatabase? faulty = null;
        await using var audit = await AuditHarness.StartAsync(kind, database => faulty = new FaultyDatabase(database));
        var committed = 0;
        for (var step = 1; step <= 6; step++)
        {
            committed += (await audit.CommitAsync([.. Enumerable.Range(0, 130).Select(i => audit.Act($"{step}/{i}", topic: "decision.made"))])).Count;
            audit.Time.Advance(TimeSpan.FromSeconds(2));
            faulty!.FailAtStep = step;
            await Assert.ThrowsAsync<KilledException>(() => audit.Sequencer.RunAsync(audit.Stop));
            faulty.FailAtStep = null;
            // Both the same process going on and another one starting afresh must find their way.
            if (step % 2 == 0) audit.NewSequencer();
            Assert.Equal(committed, (await audit.SequenceAsync()).Size);
        }
        await using var db = audit.Database.CreateContext();
        Assert.Equal(Enumerable.Range(0, committed).Select(i => (long)i), await db.AuditEntries.OrderBy(e => e.LeafIndex).Select(e => e.LeafIndex).ToListAsync(audit.Stop));
        Assert.Equal(Enumerable.Range(1, committed).Select(i => (long)i), (await new EventLog(audit.Database).ReadAsync("default", 0, EventLog.MaxPage, audit.Stop)).Select(e => e.EventId));
        var root = MerkleTree.Root(await db.AuditEntries.OrderBy(e => e.LeafIndex).Select(e => e.LeafHash).ToListAsync(audit.Stop));
        Assert.Equal(root, (await audit.Reader.LatestCheckpointAsync(audit.Stop))!.Root);
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Two_sequencers_in_turn_continue_each_others_tree(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        var (one, two) = (audit.NewSequencer(), audit.NewSequencer());
        for (var i = 0; i < 6; i++)
        {
            await audit.CommitAsync(90);
            audit.Time.Advance(TimeSpan.FromSeconds(2));
            await (i % 3 == 0 ? one : two).RunAsync(audit.Stop);
        }
        await using var db = audit.Database.CreateContext();
        var hashes = await db.AuditEntries.OrderBy(e => e.LeafIndex).Select(e => e.LeafHash).ToListAsync(audit.Stop);
        Assert.Equal(540, hashes.Count);
        foreach (var checkpoint in await db.AuditCheckpoints.ToListAsync(audit.Stop)) Assert.Equal(MerkleTree.Root(hashes, (int)checkpoint.Size), checkpoint.Root);
    }

    [Fact]
    public async Task While_one_replica_is_at_it_another_gives_way()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.PostgreSql);
        await using var session = await audit.Database.BeginWriteAsync(audit.Stop);
        await using (var hold = session.CreateCommand("SELECT pg_try_advisory_xact_lock(20260002)")) await hold.ExecuteNonQueryAsync(audit.Stop);
        Assert.Null(await audit.Sequencer.RunAsync(audit.Stop));
        await session.DisposeAsync();
        Assert.NotNull(await audit.Sequencer.RunAsync(audit.Stop));
    }

    [Fact]
    public async Task A_growing_tree_is_signed_once_an_interval_and_a_resting_one_not_at_all()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(3);
        Assert.NotNull((await audit.Sequencer.RunAsync(audit.Stop))!.Published);
        await audit.CommitAsync(3);
        audit.Time.Advance(TimeSpan.FromMilliseconds(400));
        var early = (await audit.Sequencer.RunAsync(audit.Stop))!;
        Assert.Equal((null, TimeSpan.FromMilliseconds(600)), (early.Published, early.CheckpointIn));
        audit.Time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(6, (await audit.Sequencer.RunAsync(audit.Stop))!.Published!.Size);
        audit.Time.Advance(TimeSpan.FromMinutes(1));
        var rest = (await audit.Sequencer.RunAsync(audit.Stop))!;
        Assert.Equal((null, null), (rest.Published, rest.CheckpointIn));
    }

    [Theory]
    [InlineData("DELETE FROM audit_entries WHERE leaf_index = 299", "missing")]
    [InlineData("UPDATE audit_entries SET leaf_hash = (SELECT leaf_hash FROM audit_entries WHERE leaf_index = 1) WHERE leaf_index = 299", "root")]
    [InlineData("DELETE FROM audit_entries WHERE leaf_index = 280", "299")]
    [InlineData("DELETE FROM audit_checkpoints", "cut, replaced or restored")]
    public async Task A_tree_that_contradicts_what_was_signed_is_not_signed_further(string tampering, string reason)
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(300);
        await audit.SequenceAsync();
        await audit.DropTriggersAsync("audit_entries");
        await audit.DropTriggersAsync("audit_checkpoints");
        await audit.ExecuteAsync(tampering);
        await audit.CommitAsync(1);
        audit.NewSequencer();
        var refusal = await Assert.ThrowsAsync<AuditTreeException>(() => audit.Sequencer.RunAsync(audit.Stop));
        if (reason != "299") Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
