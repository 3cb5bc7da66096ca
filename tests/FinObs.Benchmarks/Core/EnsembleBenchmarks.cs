using BenchmarkDotNet.Attributes;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;

namespace FinObs.Benchmarks.Core;

/// <summary>The default ensemble as it is served: forest, autoencoder, calibration; scores of 10,000 rows and of one, and explanations.</summary>
[MemoryDiagnoser]
public class EnsembleBenchmarks
{
    private const int Features = 11;
    private readonly float[] _rows = CoreData.Rows(10_000, Features);
    private readonly double[] _margins = new double[10_000];
    private readonly double[] _scores = new double[10_000];
    private EnsembleModel _model = null!;

    [GlobalSetup]
    public void Setup() => _model = CoreData.Ensemble();

    [GlobalCleanup]
    public void Cleanup() => _model.Dispose();

    [Benchmark(Baseline = true)]
    public void Score_10000_rows() => _model.Score(_rows, _margins, _scores);

    [Benchmark]
    public void The_forest_of_10000_rows() => _model.ForestTerms(_rows, _margins);

    [Benchmark]
    public void Score_one_row() => _model.Score(_rows.AsSpan(0, Features), _margins.AsSpan(0, 1), _scores.AsSpan(0, 1));

    [Benchmark]
    public ScoreExplanation Explain_one_row() => _model.Explain(_rows.AsSpan(0, Features));

    [Benchmark]
    public ScoreExplanation[] Explain_100_rows() => _model.ExplainRows(_rows.AsSpan(0, 100 * Features));
}
