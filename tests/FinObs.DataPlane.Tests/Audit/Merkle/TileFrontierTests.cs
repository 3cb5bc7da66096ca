using FinObs.DataPlane.Audit.Merkle;

namespace FinObs.DataPlane.Tests.Audit.Merkle;

public class TileFrontierTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(255), InlineData(256), InlineData(257), InlineData(511), InlineData(512), InlineData(70_000)]
    public void Its_root_is_the_root_of_the_plain_tree(int size)
    {
        var leaves = MerkleTreeTests.Leaves(size);
        Assert.Equal(MerkleTree.Root(leaves), Grow(leaves).Frontier.Root());
    }

    [Fact]
    public void A_tree_of_70000_has_the_tiles_that_tlog_tiles_names()
    {
        var (_, full) = Grow(MerkleTreeTests.Leaves(70_000));
        Assert.Equal(273, full.Count(t => t.Level == 0));
        Assert.Equal([0L], full.Where(t => t.Level == 1).Select(t => t.Index));
        Assert.DoesNotContain(full, t => t.Level == 2);
        Assert.Equal([(0, 273L, 112), (1, 1L, 17), (2, 0L, 1)], TileFrontier.Edge(70_000));
        Assert.Equal([(0, 1L, 0), (1, 0L, 1)], TileFrontier.Edge(256));
    }

    [Fact]
    public void A_full_tile_holds_its_hashes_in_order_under_its_root()
    {
        var leaves = MerkleTreeTests.Leaves(600);
        var tile = Grow(leaves).Full[1];
        Assert.Equal((0, 1L), (tile.Level, tile.Index));
        Assert.Equal(leaves[256..512].SelectMany(h => h), tile.Hashes);
        Assert.Equal(MerkleTree.Root(leaves[256..512]), tile.Root);
    }

    [Theory]
    [InlineData(1), InlineData(256), InlineData(300), InlineData(65_536), InlineData(66_000)]
    public void A_restored_edge_grows_on_as_if_never_put_away(int size)
    {
        var leaves = MerkleTreeTests.Leaves(size + 300);
        var (_, full) = Grow(leaves[..size]);
        var restored = TileFrontier.Restore(size, (level, tile, width) => level == 0
            ? leaves[(int)(tile * 256)..(int)((tile * 256) + width)]
            : [.. full.Where(t => t.Level == level - 1 && t.Index / 256 == tile).Select(t => t.Root)]);
        foreach (var leaf in leaves[size..]) restored.Append(leaf, _ => { });
        Assert.Equal(MerkleTree.Root(leaves), restored.Root());
    }

    private static (TileFrontier Frontier, List<FullTile> Full) Grow(byte[][] leaves)
    {
        var (frontier, full) = (new TileFrontier(), new List<FullTile>());
        foreach (var leaf in leaves) frontier.Append(leaf, full.Add);
        return (frontier, full);
    }
}
