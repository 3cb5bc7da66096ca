using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation;

/// <summary>Path-dependent SHAP values by the recursion as published (Lundberg et al. 2020, algorithm 2): slow, and the truth that <see cref="TreeShap"/> is tested against.</summary>
internal static class TreeShapReference
{
    /// <summary>Adds a tree's SHAP values for one row to <paramref name="contributions"/>.</summary>
    public static void Explain(Tree tree, ReadOnlySpan<float> row, Span<double> contributions) =>
        Recurse(tree, 0, row, contributions, [], 1, 1, -1);

    private static void Recurse(Tree tree, int node, ReadOnlySpan<float> row, Span<double> phi, List<Step> path, double zero, double one, int feature)
    {
        path = Extend(path, zero, one, feature);
        if (tree.IsLeaf(node))
        {
            for (int i = 1; i < path.Count; i++)
            {
                double weight = Unwind(path, i).Sum(step => step.Weight);
                phi[path[i].Feature] += weight * (path[i].One - path[i].Zero) * tree.Value[node];
            }

            return;
        }

        int split = tree.Feature[node];
        bool left = row[split] <= tree.Threshold[node];
        (int hot, int cold) = left ? (tree.Left[node], tree.Right[node]) : (tree.Right[node], tree.Left[node]);
        double incomingZero = 1, incomingOne = 1;
        int earlier = path.FindIndex(step => step.Feature == split);
        if (earlier >= 0)
        {
            (incomingZero, incomingOne) = (path[earlier].Zero, path[earlier].One);
            path = Unwind(path, earlier);
        }

        Recurse(tree, hot, row, phi, path, incomingZero * tree.Cover[hot] / tree.Cover[node], incomingOne, split);
        Recurse(tree, cold, row, phi, path, incomingZero * tree.Cover[cold] / tree.Cover[node], 0, split);
    }

    private static List<Step> Extend(List<Step> path, double zero, double one, int feature)
    {
        int length = path.Count;
        List<Step> extended = [.. path, new Step(feature, zero, one, length == 0 ? 1 : 0)];
        for (int i = length - 1; i >= 0; i--)
        {
            extended[i + 1] = extended[i + 1] with { Weight = extended[i + 1].Weight + (one * extended[i].Weight * (i + 1) / (length + 1)) };
            extended[i] = extended[i] with { Weight = zero * extended[i].Weight * (length - i) / (length + 1) };
        }

        return extended;
    }

    private static List<Step> Unwind(List<Step> path, int at)
    {
        int last = path.Count - 1;
        double next = path[last].Weight;
        (double zero, double one) = (path[at].Zero, path[at].One);
        List<Step> unwound = [.. path];
        for (int i = last - 1; i >= 0; i--)
        {
            if (one != 0)
            {
                double weight = unwound[i].Weight;
                unwound[i] = unwound[i] with { Weight = next * (last + 1) / ((i + 1) * one) };
                next = weight - (unwound[i].Weight * zero * (last - i) / (last + 1));
            }
            else
            {
                unwound[i] = unwound[i] with { Weight = unwound[i].Weight * (last + 1) / (zero * (last - i)) };
            }
        }

        for (int i = at; i < last; i++)
        {
            unwound[i] = unwound[i + 1] with { Weight = unwound[i].Weight };
        }

        unwound.RemoveAt(last);
        return unwound;
    }

    private readonly record struct Step(int Feature, double Zero, double One, double Weight);
}
