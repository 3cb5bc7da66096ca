namespace FinObs.Scoring.Trees;

/// <summary>One binary tree in parallel arrays of equal length. Node 0 is the root; a row goes left where <c>x[Feature] &lt;= Threshold</c>.</summary>
public sealed class Tree
{
    /// <summary>Feature index in the place of a split: the node is a leaf.</summary>
    public const int Leaf = -1;

    /// <summary>Takes the arrays as they are and checks that they form a tree.</summary>
    /// <param name="feature">Feature that each node splits on, or <see cref="Leaf"/>.</param>
    /// <param name="threshold">Greatest value that goes left; unread at leaves.</param>
    /// <param name="left">Left child; unread at leaves.</param>
    /// <param name="right">Right child; unread at leaves.</param>
    /// <param name="value">What the tree adds to the ensemble's sum; unread at splits.</param>
    /// <param name="cover">Training rows that passed each node, or weight; empty where unknown.</param>
    /// <exception cref="ArgumentException">Lengths differ, a child lies outside, or a node has two parents or none.</exception>
    public Tree(int[] feature, float[] threshold, int[] left, int[] right, double[] value, double[] cover)
    {
        Feature = feature;
        Threshold = threshold;
        Left = left;
        Right = right;
        Value = value;
        Cover = cover;
        NodeDepth = DepthsFromRoot();
        Depth = NodeDepth.Max();
    }

    /// <summary>Feature that each node splits on, or <see cref="Leaf"/>.</summary>
    public int[] Feature { get; }

    /// <summary>Greatest value that goes left.</summary>
    public float[] Threshold { get; }

    /// <summary>Left children.</summary>
    public int[] Left { get; }

    /// <summary>Right children.</summary>
    public int[] Right { get; }

    /// <summary>Leaf values.</summary>
    public double[] Value { get; }

    /// <summary>Training rows that passed each node; empty where unknown.</summary>
    public double[] Cover { get; }

    /// <summary>Edges between the root and each node.</summary>
    public int[] NodeDepth { get; }

    /// <summary>Edges between the root and the deepest leaf.</summary>
    public int Depth { get; }

    /// <summary>Number of nodes, leaves included.</summary>
    public int NodeCount => Feature.Length;

    /// <summary>Whether a node is a leaf.</summary>
    public bool IsLeaf(int node) => Feature[node] == Leaf;

    /// <summary>The leaf that a row of finite features reaches. The plain walk: the truth that faster ones are tested against.</summary>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        int node = 0;
        while (!IsLeaf(node))
        {
            node = row[Feature[node]] <= Threshold[node] ? Left[node] : Right[node];
        }

        return node;
    }

    /// <summary>The same tree with other values and cover.</summary>
    public Tree With(double[] value, double[] cover) => new(Feature, Threshold, Left, Right, value, cover);

    private int[] DepthsFromRoot()
    {
        int count = Feature.Length;
        if (count == 0 || Threshold.Length != count || Left.Length != count || Right.Length != count || Value.Length != count
            || (Cover.Length != count && Cover.Length != 0))
        {
            throw new ArgumentException("A tree's arrays must be of one length, at least 1.");
        }

        var depth = new int[count];
        Array.Fill(depth, -1);
        depth[0] = 0;
        var open = new Stack<int>([0]);
        int seen = 1;
        while (open.TryPop(out int node))
        {
            if (IsLeaf(node))
            {
                continue;
            }

            foreach (int child in (ReadOnlySpan<int>)[Left[node], Right[node]])
            {
                if ((uint)child >= (uint)count || depth[child] >= 0)
                {
                    throw new ArgumentException($"Node {node} has child {child}, which is outside the tree or has two parents.");
                }

                depth[child] = depth[node] + 1;
                open.Push(child);
                seen++;
            }
        }

        return seen == count ? depth : throw new ArgumentException($"Only {seen} of {count} nodes can be reached from the root.");
    }
}
