namespace FinObs.Scoring.Trees;

/// <summary>Cover of trees that came without: how many rows of a sample pass each node.</summary>
internal static class TreeCover
{
    /// <summary>Counts rows (N × F, row-major). A branch that no row takes weighs half a row, so that a later row through it still has an explanation.</summary>
    public static Tree[] Count(IReadOnlyList<Tree> trees, ReadOnlySpan<float> rows, int features)
    {
        var counted = new Tree[trees.Count];
        for (int t = 0; t < counted.Length; t++)
        {
            Tree tree = trees[t];
            var cover = new double[tree.NodeCount];
            for (int at = 0; at + features <= rows.Length; at += features)
            {
                cover[tree.LeafOf(rows.Slice(at, features))]++;
            }

            AddUp(tree, cover);
            counted[t] = tree.With(tree.Value, cover);
        }

        return counted;
    }

    /// <summary>Leaves to root: deeper nodes first.</summary>
    private static void AddUp(Tree tree, double[] cover)
    {
        int[] byDepth = [.. Enumerable.Range(0, tree.NodeCount).OrderByDescending(node => tree.NodeDepth[node])];
        foreach (int node in byDepth)
        {
            if (tree.IsLeaf(node))
            {
                cover[node] = Math.Max(cover[node], 0.5);
            }
            else
            {
                cover[node] = cover[tree.Left[node]] + cover[tree.Right[node]];
            }
        }
    }
}
