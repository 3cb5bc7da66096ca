using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Boosting;

/// <summary>Trees grown on reviewed transactions: their sum is a log-odds of fraud, up to a constant. Thread-safe.</summary>
public sealed class BoostedMember
{
    private readonly PackedTrees _packed;

    /// <summary>Takes trees with cover.</summary>
    /// <param name="trees">At least one.</param>
    /// <param name="featureCount">F.</param>
    /// <exception cref="ArgumentException">A tree has no cover, or splits on a feature that is not there.</exception>
    public BoostedMember(IReadOnlyList<Tree> trees, int featureCount)
    {
        ArgumentOutOfRangeException.ThrowIfZero(trees.Count);
        if (trees.Any(tree => tree.Cover.Length == 0))
        {
            throw new ArgumentException("A boosted member needs the number of rows in every node.", nameof(trees));
        }

        Trees = trees;
        FeatureCount = featureCount;
        _packed = new PackedTrees(trees, featureCount);
    }

    /// <summary>The trees; leaf values are steps in log-odds.</summary>
    public IReadOnlyList<Tree> Trees { get; }

    /// <summary>F.</summary>
    public int FeatureCount { get; }

    /// <summary>The term of each of N rows (N × F, row-major): the sum over the trees, in tree order, the same bits whatever the batch.</summary>
    public void Terms(ReadOnlySpan<float> rows, Span<double> terms) => _packed.Sum(rows, terms);
}
