using BenchmarkDotNet.Attributes;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Benchmarks.Core;

/// <summary>10,000 rows and one row through 100 trees × 256, beside the plain walk and ONNX Runtime (one thread) on the same trees.</summary>
[MemoryDiagnoser]
public class ForestBenchmarks
{
    private const int Features = 6;
    private readonly float[] _rows = CoreData.Rows(10_000, Features);
    private readonly double[] _values = new double[10_000];
    private Forest _forest = null!;
    private OnnxSession _onnx = null!;

    [GlobalSetup]
    public void Setup()
    {
        float[] training = CoreData.Rows(50_000, Features);
        _forest = ForestTrainer.Train(training, 50_000, Features, 100, 256, 1);
        PcaAutoencoder autoencoder = PcaAutoencoderTrainer.Train(training, 50_000, Features, 2, false, ErrorFunction.Squared, 1);
        var parameters = new EnsembleParameters(1, 0, 1, new double[Features], ErrorFunction.Squared, 1);
        _onnx = new OnnxSession(EnsembleGraph.Write(new EnsembleEvaluator(_forest, autoencoder, parameters)), EnsembleGraph.Input, Features);
    }

    [GlobalCleanup]
    public void Cleanup() => _onnx.Dispose();

    [Benchmark(Baseline = true)]
    public void Score_10000_rows() => _forest.MeanDepths(_rows, _values);

    [Benchmark]
    public void Score_10000_rows_by_the_plain_walk()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            double sum = 0;
            foreach (Tree tree in _forest.Trees)
            {
                sum += tree.Value[tree.LeafOf(_rows.AsSpan(i * Features, Features))];
            }

            _values[i] = sum / _forest.Trees.Count;
        }
    }

    [Benchmark]
    public void Score_10000_rows_by_ONNX_Runtime() => _onnx.Run(_rows, EnsembleGraph.ForestTerm, 0, _values);

    [Benchmark]
    public void Score_one_row() => _forest.MeanDepths(_rows.AsSpan(0, Features), _values.AsSpan(0, 1));

    [Benchmark]
    public void Score_one_row_by_ONNX_Runtime() => _onnx.Run(_rows.AsSpan(0, Features), EnsembleGraph.ForestTerm, 0, _values.AsSpan(0, 1));
}
