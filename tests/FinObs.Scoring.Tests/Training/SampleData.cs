using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.Scoring.Tests.Training;

/// <summary>Rows for trainings: correlated, one categorical feature, one heavy tail, a few planted outliers at the end.</summary>
internal static class SampleData
{
    public const int Features = 5;

    public static FeatureSchema Schema { get; } = new([.. Enumerable.Range(1, Features).Select(f => $"feature_{f}@1")], "USD", "Etc/UTC");

    public static TrainingProvenance Provenance { get; } =
        new("sample", "sha256:" + new string('0', 64), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "0.1.0");

    public static EnsembleOptions Small { get; } = new() { Trees = 20, Sample = 128, Components = 2, ReferenceRows = 200 };

    public static float[] Rows(int count, int seed = 7, int outliers = 0)
    {
        var random = new Random(seed);
        var rows = new float[count * Features];
        for (int i = 0; i < count; i++)
        {
            double common = Normal(random);
            Span<float> row = rows.AsSpan(i * Features, Features);
            row[0] = (float)(common + (0.3 * Normal(random)));
            row[1] = (float)((2 * common) + Normal(random));
            row[2] = (float)Math.Exp(Normal(random));
            row[3] = random.Next(4);
            row[4] = (float)Normal(random);
            if (i >= count - outliers)
            {
                row[0] = 9;
                row[1] = -9;
            }
        }

        return rows;
    }

    public static ModelArtifact Train(EnsembleOptions? options = null, int count = 3000) =>
        EnsembleTrainer.Train(Rows(count), count, Schema, options ?? Small, Provenance, cancellationToken: TestContext.Current.CancellationToken);

    public static EnsembleModel TrainModel(EnsembleOptions? options = null, int count = 3000) => (EnsembleModel)Train(options, count).Open();

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
