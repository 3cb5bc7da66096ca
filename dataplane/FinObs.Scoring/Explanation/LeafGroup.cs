using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation;

/// <summary>All leaves whose paths ask the same d features, in blocks of eight; the last block is filled up with leaves of value 0.</summary>
/// <remarks>Arrays of tests are indexed [block][feature of the path][lane].</remarks>
internal sealed class LeafGroup
{
    private const int Lanes = 8;

    private LeafGroup(LeafPath[] leaves)
    {
        Features = [.. leaves[0].Tests.Select(test => test.Feature)];
        int d = Features.Length;
        int padded = (leaves.Length + Lanes - 1) / Lanes * Lanes;
        Values = new double[padded];
        Above = new float[padded * d];
        UpTo = new float[padded * d];
        Shares = new double[padded * d];
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            Values[leaf] = leaves[leaf].Value;
            for (int f = 0; f < d; f++)
            {
                int at = (((leaf / Lanes * d) + f) * Lanes) + (leaf % Lanes);
                FeatureTest test = leaves[leaf].Tests[f];
                Above[at] = test.Above;
                UpTo[at] = test.UpTo;
                Shares[at] = test.Share;
            }
        }

        // ⌈d/2⌉ points are exact; an even number lets them be taken in pairs.
        (Points, Weights) = GaussLegendre.OfPoints((d + 3) / 4 * 2);
    }

    /// <summary>The d features, rising.</summary>
    public int[] Features { get; }

    /// <summary>Leaf values.</summary>
    public double[] Values { get; }

    /// <summary>Lower bounds, excluded.</summary>
    public float[] Above { get; }

    /// <summary>Upper bounds, included.</summary>
    public float[] UpTo { get; }

    /// <summary>Shares of training rows.</summary>
    public double[] Shares { get; }

    /// <summary>Quadrature points, an even number of them.</summary>
    public double[] Points { get; }

    /// <summary>Quadrature weights.</summary>
    public double[] Weights { get; }

    /// <summary>Groups the leaves of all trees; a leaf that is a root asks nothing and gives nothing to any feature.</summary>
    public static LeafGroup[] Build(IReadOnlyList<Tree> trees) =>
    [
        .. trees
            .SelectMany(LeafPath.Of)
            .Where(leaf => leaf.Tests.Length > 0)
            .GroupBy(leaf => string.Join(',', leaf.Tests.Select(test => test.Feature)))
            .Select(group => new LeafGroup([.. group])),
    ];
}
