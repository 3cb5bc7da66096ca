using System.Text.Json;
using CsCheck;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Audit.Merkle;

public class MerkleTreeTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(Fixtures.ReadText("audit/merkle_vectors.json")).RootElement;
    private static readonly byte[][] ReferenceLeaves = [.. Vectors.GetProperty("leaves_hex").EnumerateArray().Select(l => MerkleHash.Leaf(Hex(l)))];

    [Fact]
    public void The_empty_tree_and_every_size_have_the_reference_roots()
    {
        Assert.Equal(Hex(Vectors.GetProperty("empty_root")), MerkleTree.Root([]));
        var roots = Vectors.GetProperty("roots").EnumerateArray().Select(Hex).ToList();
        Assert.Equal(ReferenceLeaves.Length, roots.Count);
        for (var size = 1; size <= roots.Count; size++) Assert.Equal(roots[size - 1], MerkleTree.Root(ReferenceLeaves, size));
    }

    [Fact]
    public void Every_reference_inclusion_proof_is_made_and_verified()
    {
        foreach (var vector in Vectors.GetProperty("inclusion").EnumerateArray())
        {
            var (index, size, proof) = (vector.GetProperty("index").GetInt32(), vector.GetProperty("size").GetInt32(), Hashes(vector));
            Assert.Equal(proof, MerkleTree.InclusionProof(ReferenceLeaves, index, size));
            Assert.True(MerkleProof.VerifyInclusion(ReferenceLeaves[index], index, size, proof, MerkleTree.Root(ReferenceLeaves, size)));
        }
    }

    [Fact]
    public void Every_reference_consistency_proof_is_made_and_verified()
    {
        foreach (var vector in Vectors.GetProperty("consistency").EnumerateArray())
        {
            var (first, second, proof) = (vector.GetProperty("first").GetInt32(), vector.GetProperty("second").GetInt32(), Hashes(vector));
            Assert.Equal(proof, MerkleTree.ConsistencyProof(ReferenceLeaves, first, second));
            Assert.True(MerkleProof.VerifyConsistency(first, second, MerkleTree.Root(ReferenceLeaves, first), MerkleTree.Root(ReferenceLeaves, second), proof));
        }
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proven_and_at_no_other_place() =>
        Gen.Int[1, 600].SelectMany(size => Gen.Int[0, size - 1].Select(index => (size, index))).Sample(
            (size, index) =>
            {
                var leaves = Leaves(size);
                var (root, proof) = (MerkleTree.Root(leaves), MerkleTree.InclusionProof(leaves, index, size));
                return MerkleProof.VerifyInclusion(leaves[index], index, size, proof, root)
                    && !MerkleProof.VerifyInclusion(leaves[index], index + 1, size, proof, root)
                    && !MerkleProof.VerifyInclusion(leaves[index], index, size, [.. proof, root], root)
                    && (proof.Length == 0 || !MerkleProof.VerifyInclusion(leaves[index], index, size, proof[1..], root))
                    && !MerkleProof.VerifyInclusion(MerkleHash.Leaf([9]), index, size, proof, root);
            },
            iter: 300);

    [Fact]
    public void A_tree_is_consistent_with_its_beginning_and_with_no_other_tree() =>
        Gen.Int[1, 600].SelectMany(second => Gen.Int[1, second].Select(first => (first, second))).Sample(
            (first, second) =>
            {
                var leaves = Leaves(second);
                var (old, now, proof) = (MerkleTree.Root(leaves, first), MerkleTree.Root(leaves), MerkleTree.ConsistencyProof(leaves, first, second));
                var rewritten = leaves.ToArray();
                rewritten[first - 1] = MerkleHash.Leaf([1]);
                return MerkleProof.VerifyConsistency(first, second, old, now, proof)
                    && !MerkleProof.VerifyConsistency(first, second, old, MerkleTree.Root(rewritten), MerkleTree.ConsistencyProof(rewritten, first, second))
                    && (first == second || !MerkleProof.VerifyConsistency(first, second, now, now, proof));
            },
            iter: 300);

    [Fact]
    public void A_flipped_bit_in_a_proof_is_refused()
    {
        var leaves = Leaves(300);
        var root = MerkleTree.Root(leaves);
        var proof = MerkleTree.InclusionProof(leaves, 137, 300);
        foreach (var hash in proof)
        {
            hash[5] ^= 1;
            Assert.False(MerkleProof.VerifyInclusion(leaves[137], 137, 300, proof, root));
            hash[5] ^= 1;
        }
        Assert.True(MerkleProof.VerifyInclusion(leaves[137], 137, 300, proof, root));
    }

    internal static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleHash.Leaf(BitConverter.GetBytes(i)))];

    private static byte[] Hex(JsonElement text) => Convert.FromHexString(text.GetString()!);

    private static byte[][] Hashes(JsonElement vector) => [.. vector.GetProperty("proof").EnumerateArray().Select(Hex)];
}
