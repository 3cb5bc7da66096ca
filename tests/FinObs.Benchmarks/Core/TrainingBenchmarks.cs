using BenchmarkDotNet.Attributes;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Training;

namespace FinObs.Benchmarks.Core;

/// <summary>Fit on 50,000 rows: the forest of the comparison (6 features, 100 × 256), and the whole default ensemble on 12 features.</summary>
[MemoryDiagnoser]
public class TrainingBenchmarks
{
    private readonly float[] _six = CoreData.Rows(50_000, 6);
    private readonly float[] _twelve = CoreData.Rows(50_000, 12);

    [Benchmark(Baseline = true)]
    public object Fit_forest() => ForestTrainer.Train(_six, 50_000, 6, 100, 256, 1);

    [Benchmark]
    public object Fit_forest_on_one_thread() => ForestTrainer.Train(_six, 50_000, 6, 100, 256, 1, maxThreads: 1);

    [Benchmark]
    public object Train_ensemble() =>
        EnsembleTrainer.Train(_twelve, 50_000, CoreData.Schema(12), new EnsembleOptions(), new TrainingProvenance("benchmark", "sha256:", default, "0"));
}
