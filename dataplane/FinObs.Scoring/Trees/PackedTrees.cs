using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FinObs.Scoring.Trees;

/// <summary>Trees laid out for the fastest walk: what bounds the plain walk is the mispredicted branch at every node, so here there is none.</summary>
/// <remarks>
/// Values are compared as integers (<see cref="OrderedBits"/>); nodes take 8 bytes; the right child follows the left; a leaf is its own left child, so that every row may take the same number of steps;
/// eight rows (or, for a single row, eight trees) advance together to hide the latency of each load.
/// A row's sum is taken in tree order whatever path is used: results depend neither on the batch nor on the row's place in it.
/// Unsafe reads are in bounds because the constructor saw every child and feature, and a NaN compares as "not greater", that is left.
/// </remarks>
internal sealed class PackedTrees
{
    private const int Lanes = 8;
    private const int BlockRows = 256;

    /// <summary>Numbers of a block that are kept on the stack, 64 KB; eight rows of over 2,048 features are not.</summary>
    private const int MostOnStack = 16_384;
    private readonly Node[] _nodes;
    private readonly double[] _values;
    private readonly int[] _start;
    private readonly int[] _depth;
    private readonly int _features;
    private readonly int _blockRows;

    public PackedTrees(IReadOnlyList<Tree> trees, int features)
    {
        int total = trees.Sum(tree => tree.NodeCount);
        _features = features;
        _blockRows = Math.Clamp(MostOnStack / Math.Max(1, features) / Lanes * Lanes, Lanes, BlockRows);
        _nodes = new Node[total];
        _values = new double[total];
        _start = new int[trees.Count];
        _depth = new int[trees.Count];
        int start = 0;
        for (int t = 0; t < trees.Count; t++)
        {
            _start[t] = start;
            _depth[t] = trees[t].Depth;
            Pack(trees[t], start);
            start += trees[t].NodeCount;
        }
    }

    /// <summary>Writes for each of N rows (N × F, row-major) the sum over the trees, in tree order, of the value of the leaf reached.</summary>
    public unsafe void Sum(ReadOnlySpan<float> rows, Span<double> sums)
    {
        if (rows.Length != sums.Length * _features)
        {
            throw new ArgumentException($"{sums.Length} rows of {_features} features were expected, {rows.Length} values came.", nameof(rows));
        }

        fixed (float* row = rows)
        fixed (double* sum = sums)
        fixed (Node* nodes = _nodes)
        fixed (double* values = _values)
        {
            for (int from = 0; from < sums.Length; from += _blockRows)
            {
                SumFloats(nodes, values, row + ((long)from * _features), sum + from, Math.Min(_blockRows, sums.Length - from));
            }
        }
    }

    [SkipLocalsInit]
    private unsafe void SumFloats(Node* nodes, double* values, float* block, double* sums, int count)
    {
        int numbers = count * _features;
        Span<int> memory = numbers <= MostOnStack ? stackalloc int[numbers] : new int[numbers];
        OrderedBits.Of(new ReadOnlySpan<float>(block, numbers), memory);
        fixed (int* rows = memory)
        {
            SumBlock(nodes, values, rows, sums, count);
        }
    }

    private unsafe void SumBlock(Node* nodes, double* values, int* rows, double* sums, int count)
    {
        int together = count - (count % Lanes);
        new Span<double>(sums, count).Clear();
        for (int t = 0; together > 0 && t < _start.Length; t++)
        {
            for (int r = 0; r < together; r += Lanes)
            {
                WalkRows(nodes + _start[t], values + _start[t], _depth[t], rows + (r * _features), sums + r);
            }
        }

        for (int r = together; r < count; r++)
        {
            sums[r] = SumOne(nodes, values, rows + (r * _features));
        }
    }

    /// <summary>Eight rows down one tree.</summary>
    private unsafe void WalkRows(Node* tree, double* values, int depth, int* rows, double* sums)
    {
        int* r0 = rows, r1 = r0 + _features, r2 = r1 + _features, r3 = r2 + _features;
        int* r4 = r3 + _features, r5 = r4 + _features, r6 = r5 + _features, r7 = r6 + _features;
        nint n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0, n7 = 0;
        for (; depth > 0; depth--)
        {
            n0 = Step(tree, n0, r0);
            n1 = Step(tree, n1, r1);
            n2 = Step(tree, n2, r2);
            n3 = Step(tree, n3, r3);
            n4 = Step(tree, n4, r4);
            n5 = Step(tree, n5, r5);
            n6 = Step(tree, n6, r6);
            n7 = Step(tree, n7, r7);
        }

        sums[0] += values[n0];
        sums[1] += values[n1];
        sums[2] += values[n2];
        sums[3] += values[n3];
        sums[4] += values[n4];
        sums[5] += values[n5];
        sums[6] += values[n6];
        sums[7] += values[n7];
    }

    /// <summary>One row down all trees, eight at a time; a shallower tree waits in its leaf.</summary>
    private unsafe double SumOne(Node* nodes, double* values, int* row)
    {
        double sum = 0;
        int tree = 0;
        for (; tree + Lanes <= _start.Length; tree += Lanes)
        {
            ReadOnlySpan<int> s = _start.AsSpan(tree, Lanes);
            nint n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0, n7 = 0;
            Node* t0 = nodes + s[0], t1 = nodes + s[1], t2 = nodes + s[2], t3 = nodes + s[3];
            Node* t4 = nodes + s[4], t5 = nodes + s[5], t6 = nodes + s[6], t7 = nodes + s[7];
            for (int depth = Deepest(tree); depth > 0; depth--)
            {
                n0 = Step(t0, n0, row);
                n1 = Step(t1, n1, row);
                n2 = Step(t2, n2, row);
                n3 = Step(t3, n3, row);
                n4 = Step(t4, n4, row);
                n5 = Step(t5, n5, row);
                n6 = Step(t6, n6, row);
                n7 = Step(t7, n7, row);
            }

            sum = sum + values[s[0] + n0] + values[s[1] + n1] + values[s[2] + n2] + values[s[3] + n3]
                + values[s[4] + n4] + values[s[5] + n5] + values[s[6] + n6] + values[s[7] + n7];
        }

        for (; tree < _start.Length; tree++)
        {
            nint node = 0;
            for (int depth = _depth[tree]; depth > 0; depth--)
            {
                node = Step(nodes + _start[tree], node, row);
            }

            sum += values[_start[tree] + node];
        }

        return sum;
    }

    private int Deepest(int firstTree)
    {
        int deepest = 0;
        foreach (int depth in _depth.AsSpan(firstTree, Lanes))
        {
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe nint Step(Node* tree, nint at, int* row)
    {
        Node* node = tree + at;
        return node->Left + Unsafe.BitCast<bool, byte>(row[node->Feature] > node->Threshold);
    }

    /// <summary>Breadth first, children side by side.</summary>
    private void Pack(Tree tree, int start)
    {
        if (tree.NodeCount > ushort.MaxValue + 1)
        {
            throw new ArgumentException($"A packed tree has at most {ushort.MaxValue + 1} nodes; this one has {tree.NodeCount}.", nameof(tree));
        }

        var order = new int[tree.NodeCount];
        int next = 1;
        for (int at = 0; at < order.Length; at++)
        {
            int node = order[at];
            if (tree.IsLeaf(node))
            {
                _nodes[start + at] = new Node(int.MaxValue, 0, (ushort)at);
                _values[start + at] = tree.Value[node];
                continue;
            }

            if ((uint)tree.Feature[node] >= (uint)_features)
            {
                throw new ArgumentException($"A node splits on feature {tree.Feature[node]}; there are {_features}.", nameof(tree));
            }

            _nodes[start + at] = new Node(OrderedBits.Of(tree.Threshold[node]), (ushort)tree.Feature[node], (ushort)next);
            order[next++] = tree.Left[node];
            order[next++] = tree.Right[node];
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly struct Node(int threshold, ushort feature, ushort left)
    {
        public readonly int Threshold = threshold;
        public readonly ushort Feature = feature;
        public readonly ushort Left = left;
    }
}
