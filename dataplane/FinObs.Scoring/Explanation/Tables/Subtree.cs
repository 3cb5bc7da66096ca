using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation.Tables;

/// <summary>A piece of a tree that can tell few states of a row apart: a state is one position on each axis.</summary>
/// <param name="Leaves">Its leaves, with all that is asked from the tree's root on.</param>
/// <param name="Axes">The features asked on the way to it or within it, rising.</param>
/// <param name="States">Product of the axes' positions.</param>
internal sealed record Subtree(LeafPath[] Leaves, Axis[] Axes, int States)
{
    /// <summary>Most states of one leaf alone: a leaf whose path asks d features has 2^d, and cannot be cut further.</summary>
    public const int MostStates = 1 << 14;

    /// <summary>Cuts trees from the root down into the largest pieces that have at most so many states, or are a leaf.</summary>
    /// <returns>The pieces, or <see langword="null"/> where there would be more states in all than allowed.</returns>
    public static List<Subtree>? Cut(IReadOnlyList<Tree> trees, int features, int mostStates, long mostInAll)
    {
        var pieces = new List<Subtree>();
        var cuts = new List<float>[features];
        for (int f = 0; f < features; f++)
        {
            cuts[f] = [];
        }

        foreach (Tree tree in trees)
        {
            var open = new Stack<(int Node, FeatureTest[] Path)>([(0, [])]);
            while (open.TryPop(out (int Node, FeatureTest[] Path) at))
            {
                if (At(tree, at.Node, at.Path, cuts, mostStates) is { } piece)
                {
                    pieces.Add(piece);
                    mostInAll -= piece.States;
                    if (mostInAll < 0 || piece.States > MostStates)
                    {
                        return null;
                    }

                    continue;
                }

                open.Push((tree.Right[at.Node], LeafPath.Right(tree, at.Node, at.Path)));
                open.Push((tree.Left[at.Node], LeafPath.Left(tree, at.Node, at.Path)));
            }
        }

        return pieces;
    }

    /// <summary>The piece below a node, or <see langword="null"/> where it has too many states.</summary>
    private static Subtree? At(Tree tree, int node, FeatureTest[] path, List<float>[] cuts, int mostStates)
    {
        foreach (List<float> list in cuts)
        {
            list.Clear();
        }

        // A way of d features has 2^d states before the first cut.
        if (path.Length >= 31)
        {
            return new Subtree([], [], int.MaxValue);
        }

        int states = 1 << path.Length;
        if (!tree.IsLeaf(node) && (states > mostStates || !Collect(tree, node, path, cuts, ref states, mostStates)))
        {
            return null;
        }

        var axes = new List<Axis>();
        for (int f = 0; f < cuts.Length; f++)
        {
            FeatureTest test = TestOf(path, f);
            if (cuts[f].Count > 0 || Axis.CanBeOutside(test.Above, test.UpTo))
            {
                cuts[f].Sort();
                axes.Add(new Axis(f, test.Above, test.UpTo, [.. cuts[f]]));
            }
        }

        return new Subtree([.. LeafPath.Below(tree, node, path)], [.. axes], states);
    }

    /// <summary>Gathers the cuts below a node; false once they make too many states.</summary>
    private static bool Collect(Tree tree, int node, FeatureTest[] path, List<float>[] cuts, ref int states, int mostStates)
    {
        if (tree.IsLeaf(node))
        {
            return true;
        }

        List<float> list = cuts[tree.Feature[node]];
        float cut = tree.Threshold[node];
        FeatureTest test = TestOf(path, tree.Feature[node]);
        if (cut > test.Above && cut < test.UpTo && !list.Contains(cut))
        {
            int positions = list.Count + (Axis.CanBeOutside(test.Above, test.UpTo) ? 2 : 1);
            list.Add(cut);
            states = states / positions * (positions + 1);
        }

        return states <= mostStates
            && Collect(tree, tree.Left[node], path, cuts, ref states, mostStates)
            && Collect(tree, tree.Right[node], path, cuts, ref states, mostStates);
    }

    private static FeatureTest TestOf(FeatureTest[] path, int feature)
    {
        foreach (FeatureTest test in path)
        {
            if (test.Feature == feature)
            {
                return test;
            }
        }

        return new FeatureTest(feature, float.NegativeInfinity, float.PositiveInfinity, 1);
    }
}
