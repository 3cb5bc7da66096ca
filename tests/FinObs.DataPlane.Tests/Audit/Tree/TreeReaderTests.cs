using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Tree;

public class TreeReaderTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Proofs_from_tiles_are_those_of_the_plain_tree(DatabaseKind kind)
    {
        const int Size = 66_100; // a full tile on level 1, unfinished ones on all three levels
        await using var audit = await AuditHarness.StartAsync(kind);
        var hashes = MerkleTreeTestLeaves(Size);
        await FillAsync(audit, hashes);
        await using var db = audit.Database.CreateContext();
        foreach (var size in new long[] { 1, 255, 256, 257, 65_536, 65_537, Size })
        {
            var tree = new TreeReader(db, size);
            Assert.Equal(MerkleTree.Root(hashes, (int)size), await tree.RootAsync(audit.Stop));
            foreach (var index in new long[] { 0, 255, 256, 40_000, 65_535, 65_536, Size - 1 }.Where(i => i < size))
                Assert.Equal(MerkleTree.InclusionProof(hashes, index, size), await tree.InclusionAsync(index, audit.Stop));
            foreach (var first in new long[] { 1, 200, 256, 300, 65_536, 66_000 }.Where(f => f <= size))
                Assert.Equal(MerkleTree.ConsistencyProof(hashes, first, size), await tree.ConsistencyAsync(first, audit.Stop));
        }
    }

    [Fact]
    public async Task A_leaf_is_unknown_then_pending_then_proven()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        Assert.Null(await audit.Reader.FindLeafAsync(Guid.Empty, audit.Stop));
        Assert.IsType<LeafProofOutcome.Unknown>(await audit.Reader.ProveAsync(Guid.Empty, audit.Stop));

        await audit.CommitAsync(5);
        await audit.SequenceAsync();
        var leaf = (await audit.CommitAsync(1))[0];
        Assert.Equal((null, false), (await audit.Reader.FindLeafAsync(leaf.LeafId, audit.Stop)) is { } waiting ? (waiting.Index, waiting.Provable) : default);
        Assert.IsType<LeafProofOutcome.Pending>(await audit.Reader.ProveAsync(leaf.LeafId, audit.Stop));

        await audit.SequenceAsync();
        var found = (await audit.Reader.FindLeafAsync(leaf.LeafId, audit.Stop))!;
        Assert.Equal((5L, true), (found.Index!.Value, found.Provable));
        Assert.Equal(leaf.Leaf.Leaf, found.Leaf);
        var proof = Assert.IsType<LeafProofOutcome.Proven>(await audit.Reader.ProveAsync(leaf.LeafId, audit.Stop)).Proof;
        var checkpoint = DataPlane.Audit.Notes.Checkpoint.Open(proof.Checkpoint, audit.Keyring.Signer.Verifier);
        Assert.True(MerkleProof.VerifyInclusion(MerkleHash.Leaf(found.Leaf), proof.Index, checkpoint.Size, proof.Hashes, checkpoint.Root));
        Assert.Equal(5L, (await audit.Reader.IndexesAsync([leaf.LeafId, Guid.Empty], audit.Stop))[leaf.LeafId]);
    }

    [Fact]
    public async Task Consistency_is_proven_between_any_two_sizes_that_were_signed_over()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(300);
        var old = DataPlane.Audit.Notes.Checkpoint.Open((await audit.SequenceAsync()).Published?.Note ?? (await audit.Reader.LatestCheckpointAsync(audit.Stop))!.Note, audit.Keyring.Signer.Verifier);
        await audit.CommitAsync(300);
        await audit.SequenceAsync();
        var now = DataPlane.Audit.Notes.Checkpoint.Open((await audit.Reader.LatestCheckpointAsync(audit.Stop))!.Note, audit.Keyring.Signer.Verifier);
        var proof = (await audit.Reader.ProveConsistencyAsync(old.Size, now.Size, audit.Stop))!;
        Assert.True(MerkleProof.VerifyConsistency(old.Size, now.Size, old.Root, now.Root, proof.Hashes));
        Assert.Null(await audit.Reader.ProveConsistencyAsync(1, 601, audit.Stop));
        Assert.Null(await audit.Reader.ProveConsistencyAsync(5, 4, audit.Stop));
    }

    private static byte[][] MerkleTreeTestLeaves(int size) => Merkle.MerkleTreeTests.Leaves(size);

    private static async Task FillAsync(AuditHarness audit, byte[][] hashes)
    {
        var (frontier, tiles, entries) = (new TileFrontier(), new List<AuditTile>(), new List<AuditEntry>());
        foreach (var hash in hashes)
        {
            entries.Add(new AuditEntry { LeafIndex = frontier.Size, LeafId = audit.Ids.Next(audit.Time.GetUtcNow(), new byte[7]), LeafHash = hash });
            frontier.Append(hash, t => tiles.Add(new AuditTile { Level = t.Level, TileIndex = t.Index, Hashes = t.Hashes, Root = t.Root }));
        }
        await using var session = await audit.Database.BeginWriteAsync(audit.Stop);
        await session.InsertAsync(AuditEntry.Table, entries, audit.Stop);
        await session.InsertAsync(AuditTile.Table, tiles, audit.Stop);
        await session.CommitAsync(audit.Stop);
    }
}
