using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation;

/// <summary>What the path from the root to one leaf asks, folded by feature.</summary>
/// <param name="Value">The leaf's value.</param>
/// <param name="Share">Share of the training rows that reach it.</param>
/// <param name="Tests">One for each different feature on the path, by rising feature.</param>
internal sealed record LeafPath(double Value, double Share, FeatureTest[] Tests)
{
    /// <summary>The leaves of a tree with cover.</summary>
    public static IEnumerable<LeafPath> Of(Tree tree)
    {
        if (tree.Cover.Length == 0)
        {
            throw new ArgumentException("Path-dependent SHAP values need the cover of every node.", nameof(tree));
        }

        return Below(tree, 0, []);
    }

    /// <summary>The leaves below a node that is reached by the tests given.</summary>
    public static IEnumerable<LeafPath> Below(Tree tree, int node, FeatureTest[] path)
    {
        var open = new Stack<(int Node, FeatureTest[] Tests)>([(node, path)]);
        while (open.TryPop(out (int Node, FeatureTest[] Tests) at))
        {
            if (tree.IsLeaf(at.Node))
            {
                yield return new LeafPath(tree.Value[at.Node], tree.Cover[at.Node] / tree.Cover[0], at.Tests);
                continue;
            }

            open.Push((tree.Right[at.Node], Right(tree, at.Node, at.Tests)));
            open.Push((tree.Left[at.Node], Left(tree, at.Node, at.Tests)));
        }
    }

    /// <summary>The tests on the way to a node's left child.</summary>
    public static FeatureTest[] Left(Tree tree, int node, FeatureTest[] path) =>
        And(path, new FeatureTest(tree.Feature[node], float.NegativeInfinity, tree.Threshold[node], tree.Cover[tree.Left[node]] / tree.Cover[node]));

    /// <summary>The tests on the way to a node's right child.</summary>
    public static FeatureTest[] Right(Tree tree, int node, FeatureTest[] path) =>
        And(path, new FeatureTest(tree.Feature[node], tree.Threshold[node], float.PositiveInfinity, tree.Cover[tree.Right[node]] / tree.Cover[node]));

    private static FeatureTest[] And(FeatureTest[] tests, FeatureTest next)
    {
        int at = Array.FindIndex(tests, test => test.Feature >= next.Feature);
        if (at >= 0 && tests[at].Feature == next.Feature)
        {
            FeatureTest[] narrowed = [.. tests];
            narrowed[at] = tests[at].And(next);
            return narrowed;
        }

        at = at < 0 ? tests.Length : at;
        return [.. tests[..at], next, .. tests[at..]];
    }
}

/// <summary>Holds where <c>Above &lt; x &lt;= UpTo</c>.</summary>
/// <param name="Feature">Index of the feature.</param>
/// <param name="Above">Lower bound, excluded.</param>
/// <param name="UpTo">Upper bound, included.</param>
/// <param name="Share">Product of the shares of rows that took the path's turns on this feature.</param>
internal readonly record struct FeatureTest(int Feature, float Above, float UpTo, double Share)
{
    public FeatureTest And(FeatureTest other) =>
        new(Feature, Math.Max(Above, other.Above), Math.Min(UpTo, other.UpTo), Share * other.Share);
}
