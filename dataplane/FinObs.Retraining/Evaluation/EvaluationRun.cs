using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Evaluation;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining.Evaluation;

/// <summary>What to evaluate.</summary>
internal sealed record EvaluationRequest(string Data, double TrainFraction, int Seeds, string? BaseCurrency, string TimeZone, string? Rates, int Reviews = 0);

/// <summary>The protocol: the first part by time trains, labels unread; profiles roll on through the rest, which is scored as it would have been live; labels judge at the end.</summary>
internal static class EvaluationRun
{
    private const double AlertThreshold = 0.99;
    private const int MostSeeds = 100;

    /// <exception cref="InputException">The request cannot be carried out.</exception>
    public static EvaluationReport Run(EvaluationRequest request, ProgressContext progress, CancellationToken cancellationToken)
    {
        Check(request);
        TransactionFile file = TransactionFile.Load(request.Data, progress, cancellationToken);
        TransactionTable table = file.Table;
        int train = (int)(table.Count * request.TrainFraction);
        if (train == 0 || train == table.Count)
        {
            throw new InputException($"{table.Count:N0} transactions leave nothing to train on or to test on at --train-fraction {request.TrainFraction}.");
        }

        ExchangeRates rates = CommonOptions.RatesOf(request.Rates);
        ProfileSettings settings = file.Settings(train, request.BaseCurrency, request.TimeZone);
        ProgressTask features = progress.AddTask("features", maxValue: 2);
        FeatureSchema schema = FeatureReplay.Fit(table, train, settings, rates);
        features.Increment(1);
        float[] rows = FeatureReplay.Extract(table, table.Count, schema, rates);
        features.Increment(1);

        var labelled = Enumerable.Range(train, table.Count - train).Where(row => table.LabelAt(row).HasValue).ToArray();
        bool[] frauds = Array.ConvertAll(labelled, row => table.LabelAt(row) == true);
        var seeds = new List<SeedMetrics>();
        var found = new List<int>();
        for (int seed = 1; seed <= request.Seeds; seed++)
        {
            double[] margins = new double[table.Count - train], scores = new double[table.Count - train];
            ReviewSimulation? simulation = request.Reviews == 0 ? null : new ReviewSimulation(table, rows, train, schema.Names.Length, request.Reviews);
            found.Add(TrainAndScore(rows, train, schema, seed, simulation, progress.AddTask($"seed {seed}", maxValue: 1), margins, scores, cancellationToken));
            seeds.Add(new SeedMetrics(seed, Measure(Array.ConvertAll(labelled, row => margins[row - train]), frauds, scores)));
        }

        return new EvaluationReport(
            Path.GetFileName(request.Data), table.Count, file.Rejected, train, table.Count - train, labelled.Length, frauds.LongCount(fraud => fraud),
            settings.BaseCurrency, settings.TimeZone, schema.Names, seeds, DetectionMetrics.MeanOf([.. seeds.Select(seed => seed.Metrics)]), request.Reviews, found);
    }

    private static void Check(EvaluationRequest request)
    {
        if (request.TrainFraction is not (> 0 and < 1))
        {
            throw new InputException("--train-fraction must lie between 0 and 1.");
        }

        if (request.Reviews < 0)
        {
            throw new InputException("--reviews must not be negative.");
        }

        if (request.Seeds is < 1 or > MostSeeds)
        {
            throw new InputException($"--seeds must be 1 to {MostSeeds}.");
        }
    }

    /// <summary>Scores the rest, and says how many frauds reviews have found.</summary>
    private static int TrainAndScore(
        float[] rows, int train, FeatureSchema schema, int seed, ReviewSimulation? simulation, ProgressTask task, double[] margins, double[] scores, CancellationToken cancellationToken)
    {
        var options = new EnsembleOptions { Seed = (ulong)seed };
        var provenance = new TrainingProvenance("evaluation", "sha256:" + new string('0', 64), DateTimeOffset.UnixEpoch, "evaluation");
        int features = schema.Names.Length;
        ModelArtifact artifact = EnsembleTrainer.Train(
            rows.AsMemory(0, train * features), train, schema, options, provenance, new TaskProgress(task, 0.9), cancellationToken);
        ReviewedRows? reviews = null;
        if (simulation is not null)
        {
            using IScoringModel first = artifact.Open();
            (reviews, float[] kept) = simulation.Review(first, (ulong)seed);
            artifact = EnsembleTrainer.Train(kept, kept.Length / features, schema, options, provenance, reviews, cancellationToken: cancellationToken);
        }

        using IScoringModel model = artifact.Open();
        model.Score(rows.AsSpan(train * features), margins, scores);
        task.Value = 1;
        return reviews?.FraudCount ?? 0;
    }

    private static DetectionMetrics Measure(double[] margins, bool[] frauds, double[] scores)
    {
        var ranked = new RankedScores(margins, frauds);
        var tenths = new double[10];
        for (int tenth = 0; tenth < tenths.Length; tenth++)
        {
            int from = (int)((long)scores.Length * tenth / tenths.Length), to = (int)((long)scores.Length * (tenth + 1) / tenths.Length);
            tenths[tenth] = to == from ? 0 : scores.AsSpan(from, to - from).ToArray().Count(score => score >= AlertThreshold) / (double)(to - from);
        }

        return new DetectionMetrics(
            Known(ranked.RocAuc()), Known(ranked.AveragePrecision()), Known(ranked.RecallAt(0.01)), Known(ranked.RecallAt(0.005)),
            ranked.Frauds == 0 ? null : Known(ranked.PrecisionAt(100)), tenths);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
