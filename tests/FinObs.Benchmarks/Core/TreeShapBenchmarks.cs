using BenchmarkDotNet.Attributes;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Benchmarks.Core;

/// <summary>Exact SHAP values of one row and of 10,000, beside the published recursion. 6 × 256 is the comparison with others, 12 × 1,024 the default model.</summary>
[MemoryDiagnoser]
public class TreeShapBenchmarks
{
    private float[] _rows = [];
    private double[] _values = [];
    private Forest _forest = null!;
    private TreeShap _shap = null!;
    private LeafQuadrature _leaves = null!;

    [Params(6, 12)]
    public int Features { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rows = CoreData.Rows(10_000, Features);
        _values = new double[_rows.Length];
        _forest = ForestTrainer.Train(CoreData.Rows(50_000, Features), 50_000, Features, 100, Features == 6 ? 256 : 1024, 1);
        _shap = new TreeShap(_forest.Trees, Features);
        _leaves = new LeafQuadrature(_forest.Trees, Features);
    }

    [Benchmark(Baseline = true)]
    public void Explain_one_row() => _shap.Explain(_rows.AsSpan(0, Features), _values.AsSpan(0, Features));

    [Benchmark]
    public void Explain_one_row_by_the_recursion()
    {
        foreach (Tree tree in _forest.Trees)
        {
            TreeShapReference.Explain(tree, _rows.AsSpan(0, Features), _values.AsSpan(0, Features));
        }
    }

    [Benchmark]
    public void Explain_10000_rows() => _shap.Explain(_rows, _values);

    [Benchmark]
    public void Explain_10000_rows_on_two_threads() => _shap.Explain(_rows, _values, maxThreads: 2);

    [Benchmark]
    public void Explain_one_row_leaf_by_leaf() => _leaves.Explain(_rows.AsSpan(0, Features), _values.AsSpan(0, Features));

    [Benchmark]
    public object Prepare() => new TreeShap(_forest.Trees, Features);
}
