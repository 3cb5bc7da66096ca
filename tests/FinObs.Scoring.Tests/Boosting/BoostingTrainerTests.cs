using FinObs.Scoring.Boosting;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Boosting;

public sealed class BoostingTrainerTests
{
    private static readonly BoostingOptions OneStep = new() { Trees = 1, Leaves = 2, LearningRate = 1, LeafWeight = 0, Penalty = 1 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>By hand: from log-odds 0 a row's gradient is ±1/2 and its curvature 1/4, so two frauds in a leaf with penalty 1 step by (2 · 1/2) / (2 · 1/4 + 1) = 2/3.</summary>
    [Fact]
    public void The_first_split_and_step_are_those_worked_by_hand()
    {
        Tree tree = Assert.Single(Train([1, 2, 3, 4], 1, [false, false, true, true], OneStep));

        Assert.Equal((0, 2f), (tree.Feature[0], tree.Threshold[0]));
        Assert.Equal(-2 / 3.0, tree.Value[tree.LeafOf([2f])], 1e-7);
        Assert.Equal(2 / 3.0, tree.Value[tree.LeafOf([2.5f])], 1e-7);
        Assert.Equal([4, 2, 2], tree.Cover);
    }

    [Fact]
    public void Outcomes_that_no_feature_tells_apart_grow_nothing() => Assert.Empty(Train([5, 5, 5, 5], 1, [false, true, false, true], OneStep));

    [Fact]
    public void A_leaf_is_not_smaller_than_asked_for() =>
        Assert.All(Train(Rows(out bool[] frauds), 2, frauds, new BoostingOptions { Trees = 20, LeafWeight = 40 }), tree =>
            Assert.All(Enumerable.Range(0, tree.NodeCount).Where(tree.IsLeaf), leaf => Assert.True(tree.Cover[leaf] >= 40)));

    [Fact]
    public void What_depends_on_two_features_at_once_is_learnt_and_never_more_leaves_than_asked_for()
    {
        float[] rows = Rows(out bool[] frauds);
        Tree[] trees = Train(rows, 2, frauds, new BoostingOptions());

        Assert.All(trees, tree => Assert.InRange(Enumerable.Range(0, tree.NodeCount).Count(tree.IsLeaf), 2, 8));
        int right = Enumerable.Range(0, frauds.Length).Count(i => trees.Sum(tree => tree.Value[tree.LeafOf(rows.AsSpan(2 * i, 2))]) > 0 == frauds[i]);
        Assert.True(right > 0.97 * frauds.Length, $"{right} of {frauds.Length}");
    }

    [Fact]
    public void The_sum_of_the_packed_trees_is_that_of_the_plain_walk()
    {
        float[] rows = Rows(out bool[] frauds);
        BoostedMember member = new(Train(rows, 2, frauds, new BoostingOptions()), 2);
        double[] terms = new double[frauds.Length];
        member.Terms(rows, terms);
        Assert.Equal([.. Enumerable.Range(0, frauds.Length).Select(i => member.Trees.Sum(tree => tree.Value[tree.LeafOf(rows.AsSpan(2 * i, 2))]))], terms);
    }

    private static Tree[] Train(float[] rows, int features, bool[] frauds, BoostingOptions options)
    {
        double[] ones = new double[frauds.Length];
        Array.Fill(ones, 1);
        return BoostingTrainer.Train(new FeatureCuts(rows, frauds.Length, features), frauds, ones, new double[frauds.Length], options, Cancel);
    }

    /// <summary>Fraud where exactly one of two numbers is positive: no single split says anything.</summary>
    private static float[] Rows(out bool[] frauds)
    {
        Random random = new(5);
        float[] rows = [.. Enumerable.Range(0, 2_000).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        frauds = [.. Enumerable.Range(0, 1_000).Select(i => rows[2 * i] > 0 != rows[(2 * i) + 1] > 0)];
        return rows;
    }
}
