using CsCheck;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Explanation;

/// <summary>Small random trees with cover, rows to put through them, and their Shapley values from the definition.</summary>
internal static class RandomTrees
{
    private const int MostFeatures = 6;

    public static Gen<(Tree Tree, float[] Row)> Cases { get; } =
        from features in Gen.Int[1, MostFeatures]
        from depth in Gen.Int[0, 6]
        from seed in Gen.Int
        from row in Gen.Float[-1, 1].Array[features]
        select (Grow(new Random(seed), features, depth), row);

    /// <summary>Shapley's formula over all coalitions, each valued by <see cref="Known"/>.</summary>
    public static double[] Shapley(Tree tree, float[] row)
    {
        int features = row.Length;
        var phi = new double[features];
        for (int f = 0; f < features; f++)
        {
            for (int coalition = 0; coalition < 1 << features; coalition++)
            {
                if ((coalition >> f & 1) == 0)
                {
                    int size = int.PopCount(coalition);
                    double weight = Factorial(size) * Factorial(features - size - 1) / Factorial(features);
                    phi[f] += weight * (Known(tree, 0, row, coalition | 1 << f) - Known(tree, 0, row, coalition));
                }
            }
        }

        return phi;
    }

    /// <summary>The tree's value where only a coalition's features are known: the others take both branches by cover.</summary>
    private static double Known(Tree tree, int node, float[] row, int coalition)
    {
        if (tree.IsLeaf(node))
        {
            return tree.Value[node];
        }

        int left = tree.Left[node], right = tree.Right[node], feature = tree.Feature[node];
        if ((coalition >> feature & 1) == 1)
        {
            return Known(tree, row[feature] <= tree.Threshold[node] ? left : right, row, coalition);
        }

        return ((tree.Cover[left] * Known(tree, left, row, coalition)) + (tree.Cover[right] * Known(tree, right, row, coalition))) / tree.Cover[node];
    }

    private static Tree Grow(Random random, int features, int depth)
    {
        var nodes = new List<(int Feature, float Threshold, int Left, int Right, double Value, double Cover)>();
        Add(1000, depth);
        return new Tree(
            [.. nodes.Select(n => n.Feature)],
            [.. nodes.Select(n => n.Threshold)],
            [.. nodes.Select(n => n.Left)],
            [.. nodes.Select(n => n.Right)],
            [.. nodes.Select(n => n.Value)],
            [.. nodes.Select(n => n.Cover)]);

        int Add(double cover, int left)
        {
            int node = nodes.Count;
            nodes.Add((Tree.Leaf, 0, 0, 0, (random.NextDouble() * 10) - 5, cover));
            if (left > 0 && random.NextDouble() < 0.85)
            {
                double share = 0.05 + (0.9 * random.NextDouble());
                int feature = random.Next(features);
                float threshold = (random.NextSingle() * 2) - 1;
                nodes[node] = (feature, threshold, Add(cover * share, left - 1), Add(cover * (1 - share), left - 1), 0, cover);
            }

            return node;
        }
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
