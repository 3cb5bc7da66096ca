using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Training;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Training;

public sealed class SupervisedTrainingTests
{
    private const int Count = 4_000;
    private static readonly float[] Rows = SampleData.Rows(Count);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_member_on_reviews_joins_and_the_manifest_says_on_what()
    {
        ModelArtifact artifact = Train(Reviews(600));
        SupervisedParameters member = artifact.Manifest.Ensemble!.Supervised!;

        Assert.Equal(600, member.Reviews);
        Assert.InRange(member.Frauds, 20, 300);
        Assert.True(member.CrossValidatedPrecision > member.UnsupervisedPrecision);
        Assert.Equal(0.7 * Math.Sqrt(0.6), member.Share, 1e-12);
        Assert.Equal(member.CrossValidatedPrecision, artifact.Manifest.Training!.Metrics!["review_ap"]);
        Assert.Equal(artifact.Digest, Train(Reviews(600)).Digest);
        Assert.NotEqual(artifact.Digest, Train(null).Digest);
    }

    [Fact]
    public void The_explanation_with_a_member_adds_up_and_its_trees_share_is_the_sum_of_both_forests()
    {
        using EnsembleModel model = (EnsembleModel)Train(Reviews(600)).Open();
        SupervisedParameters member = model.Manifest.Ensemble!.Supervised!;
        double[] margins = new double[Count], scores = new double[Count], terms = new double[Count];
        model.Score(Rows, margins, scores);
        model.SupervisedTerms(Rows, terms);
        ScoreExplanation[] together = model.ExplainRows(Rows);
        using EnsembleModel plain = (EnsembleModel)Train(null).Open();

        Assert.True(terms.Max() - terms.Min() > 1);
        for (int i = 0; i < Count; i += 7)
        {
            ReadOnlySpan<float> row = Rows.AsSpan(i * SampleData.Features, SampleData.Features);
            ScoreExplanation explanation = model.Explain(row);
            Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
            Assert.Equal(margins[i], explanation.Base + explanation.Contributions.Sum(), 1e-9 * Math.Max(1, Math.Abs(margins[i])));
            Assert.Equal(explanation.Contributions, together[i].Contributions);

            // Against the published recursion: what is left of the trees' share after the isolation forest's is the member's.
            double[] own = new double[SampleData.Features];
            foreach (Tree tree in model.SupervisedTrees) TreeShapReference.Explain(tree, row, own);
            double[] forest = plain.Explain(row).ForestContributions;
            for (int f = 0; f < own.Length; f++) Assert.Equal(explanation.ForestContributions[f], forest[f] + (member.Weight * own[f]), 1e-9);
        }
    }

    [Fact]
    public void A_score_with_a_member_does_not_depend_on_the_batch()
    {
        using EnsembleModel model = (EnsembleModel)Train(Reviews(600)).Open();
        double[] margins = new double[Count], scores = new double[Count], one = new double[1];
        model.Score(Rows, margins, scores);
        for (int i = 0; i < Count; i += 13)
        {
            model.Score(Rows.AsSpan(i * SampleData.Features, SampleData.Features), one, new double[1]);
            Assert.Equal(margins[i], one[0]);
        }
    }

    [Fact]
    public void The_same_file_runs_in_ONNX_Runtime_with_the_members_term_beside_the_others()
    {
        ModelArtifact artifact = Train(Reviews(600));
        using EnsembleModel model = (EnsembleModel)artifact.Open();
        double[] margins = new double[Count], scores = new double[Count], theirs = new double[Count];
        model.Score(Rows, margins, scores);
        using OnnxSession session = new(artifact.ModelBytes.ToArray(), "features", SampleData.Features);
        session.Run(Rows, "margin", 0, theirs);

        for (int i = 0; i < Count; i++) Assert.Equal(margins[i], theirs[i], CrossCheck.Tolerance * Math.Max(1, Math.Abs(margins[i])));
        session.Run(Rows, "supervised_term", 0, theirs);
        model.SupervisedTerms(Rows, margins);
        for (int i = 0; i < Count; i++) Assert.Equal(margins[i], theirs[i], CrossCheck.Tolerance * Math.Max(1, Math.Abs(margins[i])));
    }

    [Fact]
    public void A_member_that_only_one_of_file_and_manifest_knows_is_refused()
    {
        ModelArtifact with = Train(Reviews(600)), without = Train(null);
        ModelManifest forgets = with.Manifest with { Ensemble = with.Manifest.Ensemble! with { Supervised = null } };
        ModelManifest invents = without.Manifest with { Ensemble = with.Manifest.Ensemble };

        Assert.Equal(ArtifactProblem.UnsupportedModel, Assert.Throws<ArtifactException>(() => ModelArtifact.Create(forgets, with.ModelBytes.ToArray()).Open()).Problem);
        Assert.Equal(ArtifactProblem.UnsupportedModel, Assert.Throws<ArtifactException>(() => ModelArtifact.Create(invents, without.ModelBytes.ToArray()).Open()).Problem);
    }

    [Fact]
    public void A_weight_that_the_file_does_not_have_is_found_when_the_artifact_is_opened()
    {
        ModelArtifact artifact = Train(Reviews(600));
        EnsembleParameters ensemble = artifact.Manifest.Ensemble!;
        ModelManifest other = artifact.Manifest with { Ensemble = ensemble with { Supervised = ensemble.Supervised! with { Weight = 2 * ensemble.Supervised.Weight } } };

        Assert.Equal(ArtifactProblem.CrossCheckFailed, Assert.Throws<ArtifactException>(() => ModelArtifact.Create(other, artifact.ModelBytes.ToArray()).Open()).Problem);
    }

    [Fact]
    public void Few_reviews_or_few_frauds_change_nothing()
    {
        string without = Train(null).Digest;
        Assert.Equal(without, Train(Reviews(SupervisedTraining.LeastReviews - 1)).Digest);
        ReviewedRows good = Reviews(600);
        Assert.Equal(without, Train(good with { Frauds = new bool[600] }).Digest);
    }

    /// <summary>Where fraud is what the margin ranks highest, the margin alone is perfect and a blend can only lose.</summary>
    [Fact]
    public void A_member_that_ranks_unseen_reviews_worse_does_not_join()
    {
        ReviewedRows reviews = Reviews(600);
        float[] rows = reviews.Rows.ToArray();
        using EnsembleModel plain = (EnsembleModel)Train(null).Open();
        double[] margins = new double[600], scores = new double[600];
        plain.Score(rows, margins, scores);
        double high = margins.Order().ElementAt(540);
        bool[] byMargin = [.. margins.Select(margin => margin > high)];
        Assert.Null(Train(reviews with { Frauds = byMargin }).Manifest.Ensemble!.Supervised);
    }

    [Theory]
    [InlineData(100, 0.2213594362)]
    [InlineData(1_000, 0.7)]
    [InlineData(50_000, 0.7)]
    public void The_share_grows_with_the_number_of_reviews_up_to_seven_tenths(int reviews, double share) => Assert.Equal(share, SupervisedTraining.ShareOf(reviews), 1e-9);

    [Fact]
    public void Thinned_reviews_stand_for_those_left_out() =>
        Assert.Equal(12, new ReviewedRows(new float[5 * SampleData.Features], [true, true, false, false, false], LegitimateWeight: 10.0 / 3).Reviews);

    /// <summary>Fraud is category 3 with a high last feature: nothing that an outlier detector sees.</summary>
    private static ReviewedRows Reviews(int count)
    {
        float[] rows = SampleData.Rows(count, seed: 11);
        return new ReviewedRows(rows, [.. Enumerable.Range(0, count).Select(i => rows[(i * SampleData.Features) + 3] == 3 && rows[(i * SampleData.Features) + 4] > 0)]);
    }

    private static ModelArtifact Train(ReviewedRows? reviews) =>
        EnsembleTrainer.Train(Rows, Count, SampleData.Schema, SampleData.Small, SampleData.Provenance, reviews, cancellationToken: Cancel);
}
