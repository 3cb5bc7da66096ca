using FinObs.Benchmarks.Core.ScikitLearn;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using FinObs.Scoring.IsolationForest;

namespace FinObs.Benchmarks.Core;

/// <summary>The core lines of the table: forest, TreeSHAP, training and profiles, beside scikit-learn where it is installed.</summary>
internal static class CoreMeasurements
{
    private const int Features = 6;
    private const int Scored = 10_000;
    private const int Fitted = 50_000;
    private const int Trees = 100;
    private const int Sample = 256;
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    /// <summary>Measures all of it; under a minute.</summary>
    public static IReadOnlyList<CoreMeasurement> Run()
    {
        float[] training = CoreData.Rows(Fitted, Features);
        ScikitLearnTimes? others = ScikitLearnRun.Measure(training, Features);
        string? other = others is null ? null : $"scikit-learn {others.Version}, one thread";
        Forest forest = Train(training, 1);
        var rows = training.AsMemory(0, Scored * Features);
        var values = new double[Scored];
        return
        [
            Of("Score 10,000 × 6, 100 trees × 256, one thread", "≤ 6 ms", () => forest.MeanDepths(rows.Span, values), other, others?.Score10000),
            Of("Score 10,000 × 6, 100 trees × 256, two threads", "≤ 3 ms", () => forest.MeanDepths(rows.Span, values, maxThreads: 2), other, others?.Score10000),
            Of("Score one row", "≤ 2 µs", () => forest.MeanDepths(rows.Span[..Features], values.AsSpan(0, 1)), other, others?.ScoreOne),
            .. Explanations(forest, rows),
            Of("Fit 50,000 × 6, 100 × 256, one thread", "≤ 10 ms", () => Train(training, 1), other, others?.Fit),
            Of("Fit 50,000 × 6, 100 × 256, two threads", "≤ 10 ms", () => Train(training, 2), other, others?.Fit),
            Profile(),
            .. Ensemble(),
        ];
    }

    private static IEnumerable<CoreMeasurement> Explanations(Forest forest, ReadOnlyMemory<float> rows)
    {
        var shap = new TreeShap(forest.Trees, Features);
        var values = new double[rows.Length];
        yield return Of("Exact TreeSHAP, one row", "≤ 6 µs", () => shap.Explain(rows.Span[..Features], values.AsSpan(0, Features)));
        yield return Of("Exact TreeSHAP, 10,000 rows, one thread", "≤ 30 ms", () => shap.Explain(rows.Span, values));
        yield return Of("Exact TreeSHAP, 10,000 rows, two threads", "≤ 15 ms", () => shap.Explain(rows.Span, values, maxThreads: 2));
    }

    /// <summary>One account after the other takes in a transaction, as a ledger sees them: not always the same one, whose bytes would stay in the nearest cache.</summary>
    private static CoreMeasurement Profile()
    {
        AccountProfile[] profiles = [.. Enumerable.Range(0, 10_000).Select(_ => new AccountProfile())];
        TransactionFacts[] facts = CoreData.Facts(profiles.Length);
        return Of($"Account profile, one transaction taken in ({AccountProfile.Size} bytes an account)", "≤ 50 ns, ≤ 256 B", Observe, perCall: profiles.Length);

        void Observe()
        {
            for (int i = 0; i < profiles.Length; i++)
            {
                profiles[i].Observe(in facts[i], TimeZoneInfo.Utc);
                facts[i] = facts[i] with { OccurredAt = facts[i].OccurredAt + Later };
            }
        }
    }

    /// <summary>The model as the product ships it: 11 features, 100 trees × 1,024, autoencoder, calibration; batches use all cores.</summary>
    private static IEnumerable<CoreMeasurement> Ensemble()
    {
        using EnsembleModel model = CoreData.Ensemble();
        float[] rows = CoreData.Rows(Scored, model.FeatureCount);
        double[] margins = new double[Scored], scores = new double[Scored];
        int flagged = Scored / 100 * model.FeatureCount;
        yield return Of("Default ensemble, score 10,000 × 11", "", () => model.Score(rows, margins, scores));
        yield return Of("Default ensemble, score one row", "", () => model.Score(rows.AsSpan(0, model.FeatureCount), margins.AsSpan(0, 1), scores.AsSpan(0, 1)));
        yield return Of("Default ensemble, explain one row", "", () => model.Explain(rows.AsSpan(0, model.FeatureCount)));
        yield return Of("Default ensemble, explain the 100 flagged of 10,000", "", () => model.ExplainRows(rows.AsSpan(0, flagged)));
    }

    private static Forest Train(float[] rows, int threads) => ForestTrainer.Train(rows, Fitted, Features, Trees, Sample, 1, threads);

    internal static CoreMeasurement Of(string measure, string target, Action action, string? other = null, double? otherMilliseconds = null, int perCall = 1)
    {
        double[] times = Stopwatches.Milliseconds(action, perCall);
        return new CoreMeasurement(measure, target, times[times.Length / 2], times[0], times[^1], otherMilliseconds, other);
    }
}
