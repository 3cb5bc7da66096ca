using System.Security.Cryptography;

namespace FinObs.DataPlane.Audit.Merkle;

/// <summary>The two hashes of RFC 6962 section 2.1: SHA-256 with a prefix that keeps leaves and nodes apart.</summary>
internal static class MerkleHash
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>The root of the tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] Empty() => SHA256.HashData([]);

    /// <summary>SHA-256(0x00 ‖ leaf).</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> leaf)
    {
        const int OnStack = 1024;
        var prefixed = leaf.Length < OnStack ? stackalloc byte[leaf.Length + 1] : new byte[leaf.Length + 1];
        prefixed[0] = 0;
        leaf.CopyTo(prefixed[1..]);
        return SHA256.HashData(prefixed);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> pair = stackalloc byte[1 + (2 * Size)];
        pair[0] = 1;
        left.CopyTo(pair[1..]);
        right.CopyTo(pair[(1 + Size)..]);
        return SHA256.HashData(pair);
    }
}
