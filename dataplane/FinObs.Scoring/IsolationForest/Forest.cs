using FinObs.Scoring.Trees;

namespace FinObs.Scoring.IsolationForest;

/// <summary>An isolation forest: a row that few random cuts separate from the others is anomalous. Thread-safe.</summary>
/// <remarks>A leaf's value is its depth plus c(rows in it), the depth that an unlimited tree would have had on average.</remarks>
public sealed class Forest
{
    /// <summary>Rows that a thread takes at a time: half a millisecond of work, some hundred times what it costs to hand them over.</summary>
    private const int PartRows = 1024;
    private readonly PackedTrees _packed;
    private readonly double _normalizer;

    /// <summary>Builds a forest from trees whose cover is known; leaf values are computed from depth and cover.</summary>
    /// <param name="trees">At least one tree, each with cover.</param>
    /// <param name="featureCount">F.</param>
    /// <param name="sampleSize">Rows each tree was grown on.</param>
    public Forest(IReadOnlyList<Tree> trees, int featureCount, int sampleSize)
    {
        ArgumentOutOfRangeException.ThrowIfZero(trees.Count);
        Trees = [.. trees.Select(WithPathLengths)];
        FeatureCount = featureCount;
        SampleSize = sampleSize;
        _normalizer = Math.Max(AveragePathLength.Of(sampleSize), 1);
        _packed = new PackedTrees(Trees, featureCount);
    }

    /// <summary>The trees; leaf values are path lengths.</summary>
    public IReadOnlyList<Tree> Trees { get; }

    /// <summary>F.</summary>
    public int FeatureCount { get; }

    /// <summary>Rows each tree was grown on.</summary>
    public int SampleSize { get; }

    /// <summary>Mean path length of each of N rows (N × F, row-major), in edges.</summary>
    /// <param name="rows">N × F finite features.</param>
    /// <param name="depths">N mean depths, the same bits whatever the number of threads.</param>
    /// <param name="maxThreads">Bound on parallelism, used from 2,048 rows on; -1 = as many as there are cores.</param>
    public void MeanDepths(ReadOnlySpan<float> rows, Span<double> depths, int maxThreads = 1)
    {
        if (RowParts.Worthwhile(depths.Length, PartRows, maxThreads))
        {
            SumInParts(rows, depths, maxThreads);
        }
        else
        {
            _packed.Sum(rows, depths);
        }

        foreach (ref double depth in depths)
        {
            depth /= Trees.Count;
        }
    }

    /// <summary>The forest term of each of N rows: <see cref="TermOf"/> its mean depth.</summary>
    public void Terms(ReadOnlySpan<float> rows, Span<double> terms)
    {
        MeanDepths(rows, terms);
        foreach (ref double term in terms)
        {
            term = TermOf(term);
        }
    }

    /// <summary>1 - meanDepth / c(sample): 0 at the depth of an ordinary random point, towards 1 the more anomalous; linear, so that SHAP values carry over.</summary>
    public double TermOf(double meanDepth) => 1 - (meanDepth / _normalizer);

    /// <summary>scikit-learn's <c>score_samples</c>: -2^(-meanDepth / c(sample)), lower is more anomalous.</summary>
    public double ScoreSamplesOf(double meanDepth) => -Math.Pow(2, -meanDepth / _normalizer);

    /// <summary>What one unit of mean depth changes in the term.</summary>
    internal double TermPerDepth => -1 / _normalizer;

    private unsafe void SumInParts(ReadOnlySpan<float> rows, Span<double> sums, int maxThreads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, sums.Length * FeatureCount);
        fixed (float* row = rows)
        fixed (double* sum = sums)
        {
            // A closure cannot hold spans. The memory stays pinned until all parts are done.
            float* firstRow = row;
            double* firstSum = sum;
            RowParts.Each(
                sums.Length,
                PartRows,
                maxThreads,
                (from, count) => _packed.Sum(new ReadOnlySpan<float>(firstRow + ((long)from * FeatureCount), count * FeatureCount), new Span<double>(firstSum + from, count)));
        }
    }

    private static Tree WithPathLengths(Tree tree)
    {
        if (tree.Cover.Length == 0)
        {
            throw new ArgumentException("An isolation forest needs the number of rows in every node.");
        }

        var value = new double[tree.NodeCount];
        for (int node = 0; node < value.Length; node++)
        {
            value[node] = tree.IsLeaf(node) ? tree.NodeDepth[node] + AveragePathLength.Of(tree.Cover[node]) : 0;
        }

        return tree.With(value, tree.Cover);
    }
}
