namespace FinObs.DataPlane.Audit.Merkle;

/// <summary>Roots and proofs over leaf hashes held in memory: the plain form, used for exports and as the reference of the tiled tree.</summary>
internal static class MerkleTree
{
    public static byte[] Root(IReadOnlyList<byte[]> leafHashes) => Root(leafHashes, leafHashes.Count);

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leafHashes, int size) => MerklePath.Hash(new LeafRange(0, size), Nodes(leafHashes));

    public static byte[][] InclusionProof(IReadOnlyList<byte[]> leafHashes, long index, long size) =>
        Hashes(MerklePath.Inclusion(index, size), leafHashes);

    public static byte[][] ConsistencyProof(IReadOnlyList<byte[]> leafHashes, long first, long second) =>
        Hashes(MerklePath.Consistency(first, second), leafHashes);

    private static byte[][] Hashes(List<LeafRange> path, IReadOnlyList<byte[]> leafHashes)
    {
        var nodes = Nodes(leafHashes);
        return [.. path.Select(range => MerklePath.Hash(range, nodes))];
    }

    private static Func<int, long, byte[]> Nodes(IReadOnlyList<byte[]> leafHashes)
    {
        return Node;
        byte[] Node(int height, long index) => height == 0
            ? leafHashes[checked((int)index)]
            : MerkleHash.Node(Node(height - 1, 2 * index), Node(height - 1, (2 * index) + 1));
    }
}
