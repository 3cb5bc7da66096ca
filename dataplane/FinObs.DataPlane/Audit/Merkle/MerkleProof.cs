namespace FinObs.DataPlane.Audit.Merkle;

/// <summary>Checks proofs with nothing but hashes: the iterative algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2, which RFC 6962 trees share.</summary>
internal static class MerkleProof
{
    /// <summary>Does the leaf hash stand at <paramref name="index"/> in the tree of <paramref name="size"/> leaves with that root?</summary>
    public static bool VerifyInclusion(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || !AllHashes(proof)) return false;
        var (node, last) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHash.Node(sibling, hash);
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Is the first tree a prefix of the second?</summary>
    public static bool VerifyConsistency(long first, long second, ReadOnlySpan<byte> firstRoot, ReadOnlySpan<byte> secondRoot, IReadOnlyList<byte[]> proof)
    {
        if (first < 0 || first > second || !AllHashes(proof)) return false;
        if (first == second) return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (first == 0) return proof.Count == 0 && firstRoot.SequenceEqual(MerkleHash.Empty());

        var (node, last) = (first - 1, second - 1);
        while ((node & 1) == 1) (node, last) = (node >> 1, last >> 1);
        var next = 0;
        if (node != 0 && proof.Count == 0) return false;
        // A first tree that is a perfect subtree of the second is its own seed; otherwise the proof brings one.
        var seed = node == 0 ? firstRoot.ToArray() : proof[next++];
        var (old, current) = (seed, seed);
        for (; next < proof.Count; next++)
        {
            if (last == 0) return false;
            var sibling = proof[next];
            if ((node & 1) == 1 || node == last)
            {
                (old, current) = (MerkleHash.Node(sibling, old), MerkleHash.Node(sibling, current));
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                current = MerkleHash.Node(current, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && firstRoot.SequenceEqual(old) && secondRoot.SequenceEqual(current);
    }

    private static bool AllHashes(IReadOnlyList<byte[]> proof)
    {
        const int MaxProof = 64; // a tree of 2^63 leaves is 63 high; consistency brings one more
        return proof.Count <= MaxProof && proof.All(hash => hash.Length == MerkleHash.Size);
    }
}
