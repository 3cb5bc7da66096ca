using System.Numerics;
using System.Runtime.InteropServices;

namespace FinObs.DataPlane.Audit.Merkle;

/// <summary>The leaves [Start, End) under one node of the tree; Start is a multiple of the smallest power of two that is not less than their number.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeafRange(long Start, long End)
{
    public long Count => End - Start;
}

/// <summary>Which nodes a proof is made of (RFC 6962 sections 2.1.1 and 2.1.2), without saying where their hashes come from: a list in memory or tiles in a database.</summary>
internal static class MerklePath
{
    /// <summary>The nodes beside the way from leaf <paramref name="index"/> to the root of a tree of <paramref name="size"/> leaves, lowest first.</summary>
    public static List<LeafRange> Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<LeafRange>();
        var within = new LeafRange(0, size);
        while (within.Count > 1)
        {
            var middle = within.Start + Split(within.Count);
            var (left, right) = (new LeafRange(within.Start, middle), new LeafRange(middle, within.End));
            path.Add(index < middle ? right : left);
            within = index < middle ? left : right;
        }
        path.Reverse();
        return path;
    }

    /// <summary>The nodes which show that the tree of <paramref name="first"/> leaves is the beginning of the tree of <paramref name="second"/>, lowest first. Empty when the sizes are equal or the first is 0.</summary>
    public static List<LeafRange> Consistency(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var path = new List<LeafRange>();
        if (first == 0 || first == second) return path;
        var within = new LeafRange(0, second);
        var old = first;
        var oldIsWhole = true; // the old tree's leaves here are the whole old tree, whose root the verifier has
        while (old != within.Count)
        {
            var half = Split(within.Count);
            var (left, right) = (new LeafRange(within.Start, within.Start + half), new LeafRange(within.Start + half, within.End));
            if (old <= half)
            {
                path.Add(right);
                within = left;
            }
            else
            {
                path.Add(left);
                within = right;
                old -= half;
                oldIsWhole = false;
            }
        }
        if (!oldIsWhole) path.Add(within);
        path.Reverse();
        return path;
    }

    /// <summary>The hash of a range from those of perfect subtrees; <paramref name="node"/> gives the one of 2^height leaves that starts at leaf index × 2^height.</summary>
    public static byte[] Hash(LeafRange range, Func<int, long, byte[]> node)
    {
        if (range.Count == 0) return MerkleHash.Empty();
        if (BitOperations.IsPow2(range.Count))
        {
            var height = BitOperations.Log2((ulong)range.Count);
            return node(height, range.Start >> height);
        }
        var middle = range.Start + Split(range.Count);
        return MerkleHash.Node(Hash(new LeafRange(range.Start, middle), node), Hash(new LeafRange(middle, range.End), node));
    }

    /// <summary>The largest power of two below <paramref name="count"/>.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
