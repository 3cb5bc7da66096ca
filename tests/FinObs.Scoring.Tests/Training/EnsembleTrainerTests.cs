using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Training;

namespace FinObs.Scoring.Tests.Training;

public sealed class EnsembleTrainerTests
{
    [Fact]
    public void The_same_data_and_seed_give_the_same_bytes()
    {
        ModelArtifact first = SampleData.Train(), second = SampleData.Train();

        Assert.Equal(first.ManifestBytes.Span, second.ManifestBytes.Span);
        Assert.Equal(first.ModelBytes.Span, second.ModelBytes.Span);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.ToZip(), second.ToZip());
    }

    [Fact]
    public void Another_seed_gives_another_model() =>
        Assert.NotEqual(SampleData.Train().Digest, SampleData.Train(SampleData.Small with { Seed = 2 }).Digest);

    [Fact]
    public void Planted_outliers_have_the_highest_scores()
    {
        float[] rows = SampleData.Rows(3000, outliers: 10);
        using IScoringModel model = EnsembleTrainer
            .Train(rows, 3000, SampleData.Schema, SampleData.Small, SampleData.Provenance, cancellationToken: TestContext.Current.CancellationToken)
            .Open();
        double[] margins = new double[3000], scores = new double[3000];

        model.Score(rows, margins, scores);

        Assert.All(scores[^10..], score => Assert.True(score >= 0.99));
        Assert.True(margins[^10..].Min() > margins[..^10].Order().ElementAt(2970));
    }

    [Theory]
    [InlineData(ErrorFunction.Squared, false)]
    [InlineData(ErrorFunction.Absolute, true)]
    [InlineData(ErrorFunction.Huber, false)]
    [InlineData(ErrorFunction.LogSquared, true)]
    public void Every_error_function_means_in_ONNX_what_it_means_here(ErrorFunction function, bool whiten)
    {
        // Opening compares all outputs of the file, run in ONNX Runtime, with our own evaluation.
        using IScoringModel model = SampleData.Train(SampleData.Small with { ErrorFunction = function, Whiten = whiten, HuberDelta = 1.5 }).Open();

        Assert.Equal(SampleData.Features, model.FeatureCount);
    }

    [Fact]
    public void The_manifest_tells_where_the_model_comes_from()
    {
        ModelManifest manifest = SampleData.Train().Manifest;

        Assert.Equal(ModelFormat.OnnxEnsemble, manifest.Format);
        Assert.Equal(new DecisionThresholds(0.99, 0.999), manifest.Thresholds);
        Assert.Equal(3000, manifest.Training!.Rows);
        Assert.Equal(1UL, manifest.Training.Options!.Seed);
        Assert.StartsWith("sha256:", manifest.Training.RowsDigest, StringComparison.Ordinal);
        Assert.Equal(200, manifest.Reference!.Sample.Rows);
        Assert.Equal([0, 1, 2, 3], manifest.Reference.Features[3].Categories!.Values);
        Assert.Equal(3000, manifest.Reference.Features[0].Bins!.Counts.Sum());
    }

    [Fact]
    public void One_row_is_enough_to_have_a_model_that_does_not_fail()
    {
        using IScoringModel model = EnsembleTrainer
            .Train(new float[] { 1, 2, 3, 4, 5 }, 1, SampleData.Schema, SampleData.Small, SampleData.Provenance, cancellationToken: TestContext.Current.CancellationToken)
            .Open();
        double[] margins = new double[2], scores = new double[2];

        model.Score([1, 2, 3, 4, 5, 9, 9, 9, 9, 9], margins, scores);

        Assert.All(scores, score => Assert.InRange(score, 0, 1));
        Assert.True(scores[1] > scores[0]);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused_with_its_place()
    {
        float[] rows = SampleData.Rows(10);
        rows[12] = float.PositiveInfinity;

        var refusal = Assert.Throws<ArgumentException>(() => EnsembleTrainer.Train(
            rows, 10, SampleData.Schema, SampleData.Small, SampleData.Provenance, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("Row 2 has a value of feature 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_can_be_given_up()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => EnsembleTrainer.Train(
            SampleData.Rows(100), 100, SampleData.Schema, SampleData.Small, SampleData.Provenance, cancellationToken: cancelled.Token));
    }
}
