using FinObs.Scoring.Explanation.Tables;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation;

/// <summary>Exact path-dependent SHAP values of a sum of trees (Lundberg et al. 2020, algorithm 2). Thread-safe.</summary>
/// <remarks>
/// For one leaf of value v whose path asks d different features, with o_f = 1 where the row satisfies the path's interval of f (else 0) and z_f the share of
/// training rows that take the path's turns on f, the game is a product, and its Shapley value is an integral (Owen's multilinear extension):
/// <c>φ_f = v (o_f - z_f) ∫₀¹ Π_{g≠f} (t·o_g + (1-t)·z_g) dt</c>. The integrand is a polynomial of degree d - 1, which ⌈d/2⌉ Gauss-Legendre points integrate
/// exactly: no recursion, no cancelling weights. Tables hold these values summed, where they fit the memory allowed; otherwise leaves are gone through one by one.
/// </remarks>
internal sealed class TreeShap
{
    /// <summary>Bytes of tables that one model may take.</summary>
    public const long DefaultTableBytes = 64L << 20;

    /// <summary>Rows that a thread takes at a time: half a millisecond of work at least.</summary>
    private const int PartRows = 256;
    private readonly IShapForm _form;
    private readonly int _features;

    /// <summary>Prepares trees with cover.</summary>
    public TreeShap(IReadOnlyList<Tree> trees, int features, long mostTableBytes = DefaultTableBytes)
    {
        _features = features;
        foreach (Tree tree in trees)
        {
            ExpectedValue += LeafPath.Of(tree).Sum(leaf => leaf.Value * leaf.Share);
        }

        _form = (IShapForm?)StateTables.Build(trees, features, mostTableBytes) ?? new LeafQuadrature(trees, features);
    }

    /// <summary>The ensemble's sum where nothing is known of the row: the mean over the training rows by cover.</summary>
    public double ExpectedValue { get; }

    /// <summary>SHAP values of N rows: F for each, in units of the trees' sum.</summary>
    /// <param name="rows">N × F finite features, row-major.</param>
    /// <param name="contributions">N × F values, the same bits whatever the number of threads.</param>
    /// <param name="maxThreads">Bound on parallelism, used from 512 rows on; -1 = as many as there are cores.</param>
    public void Explain(ReadOnlySpan<float> rows, Span<double> contributions, int maxThreads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(contributions.Length, rows.Length);
        if (RowParts.Worthwhile(rows.Length / _features, PartRows, maxThreads))
        {
            ExplainInParts(rows, contributions, maxThreads);
        }
        else
        {
            _form.Explain(rows, contributions);
        }
    }

    private unsafe void ExplainInParts(ReadOnlySpan<float> rows, Span<double> contributions, int maxThreads)
    {
        fixed (float* row = rows)
        fixed (double* contribution = contributions)
        {
            // A closure cannot hold spans. The memory stays pinned until all parts are done.
            float* firstRow = row;
            double* firstContribution = contribution;
            RowParts.Each(rows.Length / _features, PartRows, maxThreads, (from, count) =>
            {
                long at = (long)from * _features;
                _form.Explain(new ReadOnlySpan<float>(firstRow + at, count * _features), new Span<double>(firstContribution + at, count * _features));
            });
        }
    }
}
