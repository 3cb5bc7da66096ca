using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Tests.Training;

namespace FinObs.Scoring.Tests.Ensemble;

public sealed class EnsembleModelTests
{
    private const int Count = 1000;
    private static readonly float[] Rows = SampleData.Rows(Count, seed: 8, outliers: 20);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    public void A_rows_score_does_not_depend_on_the_batch(int batch)
    {
        using EnsembleModel model = SampleData.TrainModel();
        (double[] margins, double[] scores) = Score(model, Rows);

        for (int from = 0; from < Count; from += batch)
        {
            int to = Math.Min(from + batch, Count);
            (double[] someMargins, double[] someScores) = Score(model, Rows.AsSpan((from * SampleData.Features)..(to * SampleData.Features)));
            Assert.Equal(margins[from..to], someMargins);
            Assert.Equal(scores[from..to], someScores);
        }
    }

    [Fact]
    public void A_batch_that_several_threads_share_has_the_scores_of_its_rows()
    {
        using EnsembleModel model = SampleData.TrainModel();
        float[] rows = SampleData.Rows(5_000, seed: 9);
        (double[] margins, double[] scores) = Score(model, rows);

        for (int from = 0; from < 5_000; from += 500)
        {
            (double[] someMargins, double[] someScores) = Score(model, rows.AsSpan(from * SampleData.Features, 500 * SampleData.Features));
            Assert.Equal(margins[from..(from + 500)], someMargins);
            Assert.Equal(scores[from..(from + 500)], someScores);
        }
    }

    [Fact]
    public void Rows_explained_together_are_explained_as_each_alone()
    {
        using EnsembleModel model = SampleData.TrainModel();
        float[] rows = [.. Rows];
        rows[2 * SampleData.Features] = float.NaN;

        ScoreExplanation[] together = model.ExplainRows(rows);

        Assert.Equal(Count, together.Length);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equivalent(model.Explain(rows.AsSpan(i * SampleData.Features, SampleData.Features)), together[i], strict: true);
        }
    }

    [Fact]
    public void A_score_is_the_calibrated_margin_rounded_to_a_millionth()
    {
        using EnsembleModel model = SampleData.TrainModel();
        (double[] margins, double[] scores) = Score(model, Rows);

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(model.Manifest.Calibration!.ScoreOf(margins[i]), scores[i]);
            Assert.Equal(Math.Round(scores[i], 6), scores[i]);
        }
    }

    [Theory]
    [InlineData(ErrorFunction.Squared)]
    [InlineData(ErrorFunction.LogSquared)]
    public void Every_row_has_an_explanation_that_adds_up(ErrorFunction function)
    {
        using EnsembleModel model = SampleData.TrainModel(SampleData.Small with { ErrorFunction = function });
        (double[] margins, double[] scores) = Score(model, Rows);

        for (int i = 0; i < Count; i++)
        {
            ScoreExplanation explanation = model.Explain(Rows.AsSpan(i * SampleData.Features, SampleData.Features));
            Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
            Assert.Equal(margins[i], explanation.Margin);
            Assert.Equal(scores[i], explanation.Score);
            Assert.Equal(margins[i], explanation.Base + explanation.Contributions.Sum(), 1e-9 * Math.Max(1, Math.Abs(margins[i])));
            Assert.Equal(explanation.Contributions, explanation.ForestContributions.Zip(explanation.ReconstructionContributions, (a, b) => a + b));
        }
    }

    [Fact]
    public void An_outlier_is_explained_by_the_features_that_make_it_one()
    {
        using EnsembleModel model = SampleData.TrainModel();

        double[] contributions = model.Explain(Rows.AsSpan((Count - 1) * SampleData.Features, SampleData.Features)).Contributions;

        Assert.True(Math.Min(contributions[0], contributions[1]) > contributions[2..].Max());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_feature_that_is_not_finite_has_no_score_and_no_explanation_and_disturbs_no_other_row(float value)
    {
        using EnsembleModel model = SampleData.TrainModel();
        float[] rows = Rows[..(10 * SampleData.Features)];
        (double[] before, _) = Score(model, rows);
        rows[(3 * SampleData.Features) + 2] = value;

        (double[] margins, double[] scores) = Score(model, rows);
        ScoreExplanation explanation = model.Explain(rows.AsSpan(3 * SampleData.Features, SampleData.Features));

        Assert.True(double.IsNaN(margins[3]) && double.IsNaN(scores[3]));
        Assert.Equal(before[..3], margins[..3]);
        Assert.Equal(before[4..], margins[4..]);
        Assert.Equal(ExplanationMethod.Unavailable, explanation.Method);
    }

    [Fact]
    public void An_explanation_that_does_not_add_up_is_failed_not_thrown()
    {
        Assert.Null(Additivity.Check(1000 + 1e-7, 1000, 1e-9));
        Assert.Contains("differ", Additivity.Check(1000 + 1e-5, 1000, 1e-9), StringComparison.Ordinal);
        Assert.Contains("differ", Additivity.Check(double.NaN, 1000, 1e-9), StringComparison.Ordinal);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        using EnsembleModel model = SampleData.TrainModel();
        double[] margins = new double[Count], scores = new double[Count];
        model.Score(Rows, margins, scores);
        long before = GC.GetAllocatedBytesForCurrentThread();

        model.Score(Rows, margins, scores);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_batch_explanation_is_the_mean_size_of_the_contributions()
    {
        using EnsembleModel model = SampleData.TrainModel();
        float[] rows = Rows[..(50 * SampleData.Features)];
        var expected = new double[SampleData.Features];
        for (int i = 0; i < 50; i++)
        {
            double[] one = model.Explain(rows.AsSpan(i * SampleData.Features, SampleData.Features)).Contributions;
            expected = [.. expected.Zip(one, (sum, value) => sum + (Math.Abs(value) / 50))];
        }

        var batch = BatchExplanation.Of(model, rows, TestContext.Current.CancellationToken);

        Assert.Equal(50, batch.Rows);
        Assert.Equal(0, batch.Unexplained);
        Assert.All(batch.MeanAbsolute, (value, f) => Assert.Equal(expected[f], value, 1e-12));
    }

    [Fact]
    public void The_whole_file_runs_in_ONNX_Runtime_with_equal_margins()
    {
        ModelArtifact artifact = SampleData.Train();
        using var model = (EnsembleModel)artifact.Open();
        using var session = new OnnxSession(artifact.ModelBytes.ToArray(), "features", SampleData.Features);
        (double[] ours, _) = Score(model, Rows);
        var theirs = new double[Count];

        session.Run(Rows, "margin", 0, theirs);

        Assert.All(theirs, (margin, i) => Assert.Equal(ours[i], margin, 1e-5 * Math.Max(1, Math.Abs(ours[i]))));
    }

    private static (double[] Margins, double[] Scores) Score(EnsembleModel model, ReadOnlySpan<float> rows)
    {
        int count = rows.Length / SampleData.Features;
        double[] margins = new double[count], scores = new double[count];
        model.Score(rows, margins, scores);
        return (margins, scores);
    }
}
