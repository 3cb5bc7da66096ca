using CsCheck;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Tests.Training;

namespace FinObs.Scoring.Tests.IsolationForest;

public sealed class ForestTrainerTests
{
    private const int Count = 2000;
    private static readonly float[] Rows = SampleData.Rows(Count);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void The_number_of_threads_changes_nothing(int threads)
    {
        Forest one = Train(threads: 1), many = Train(threads: threads);

        for (int t = 0; t < one.Trees.Count; t++)
        {
            Assert.Equal(one.Trees[t].Feature, many.Trees[t].Feature);
            Assert.Equal(one.Trees[t].Threshold, many.Trees[t].Threshold);
            Assert.Equal(one.Trees[t].Cover, many.Trees[t].Cover);
        }
    }

    [Fact]
    public void No_tree_is_deeper_than_the_logarithm_of_its_sample() => Assert.All(Train().Trees, tree => Assert.InRange(tree.Depth, 1, 7));

    [Fact]
    public void Every_split_separates_and_its_rows_are_its_childrens() =>
        Assert.All(Train().Trees, tree =>
        {
            Assert.Equal(128, tree.Cover[0]);
            for (int node = 0; node < tree.NodeCount; node++)
            {
                if (!tree.IsLeaf(node))
                {
                    Assert.Equal(tree.Cover[node], tree.Cover[tree.Left[node]] + tree.Cover[tree.Right[node]]);
                    Assert.True(tree.Cover[tree.Left[node]] > 0 && tree.Cover[tree.Right[node]] > 0);
                }
            }
        });

    [Fact]
    public void Grown_on_all_rows_each_leaf_holds_as_many_rows_as_its_cover_says()
    {
        Forest forest = ForestTrainer.Train(Rows.AsMemory(0, 100 * SampleData.Features), 100, SampleData.Features, 5, 256, 3, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(forest.Trees, tree =>
        {
            var reached = new double[tree.NodeCount];
            for (int i = 0; i < 100; i++)
            {
                reached[tree.LeafOf(Rows.AsSpan(i * SampleData.Features, SampleData.Features))]++;
            }

            Assert.All(Enumerable.Range(0, tree.NodeCount).Where(tree.IsLeaf), leaf => Assert.Equal(tree.Cover[leaf], reached[leaf]));
        });
    }

    [Fact]
    public void Equal_rows_make_a_forest_of_stumps()
    {
        Forest forest = ForestTrainer.Train(new float[100], 50, 2, 3, 32, 1, cancellationToken: TestContext.Current.CancellationToken);
        var depths = new double[1];

        forest.MeanDepths([0, 0], depths);

        Assert.All(forest.Trees, tree => Assert.Equal(1, tree.NodeCount));
        Assert.Equal(AveragePathLength.Of(32), depths[0], 1e-12);
    }

    [Fact]
    public void A_threshold_is_the_greatest_float_below_the_drawn_number_and_leaves_the_greatest_value_on_the_right() =>
        Gen.Select(Gen.Float[-1e9f, 1e9f], Gen.Float[-1e9f, 1e9f], Gen.Double[0, 0.9999999999999999]).Where(g => g.Item1 < g.Item2).Sample(
            (min, max, uniform) =>
            {
                float threshold = TreeGrower.Threshold(min, max, uniform);
                double exact = min + (uniform * ((double)max - min));
                Assert.True(threshold >= min && threshold < max && threshold <= exact);
                Assert.True(MathF.BitIncrement(threshold) > exact || MathF.BitIncrement(threshold) == max);
            },
            iter: 10_000,
            threads: 1);

    [Fact]
    public void The_random_sequence_is_the_published_one()
    {
        // First outputs of xoshiro256** for a state of four words 1, 2, 3, 4 (reference implementation, prng.di.unimi.it).
        var random = Xoshiro256.FromState(1, 2, 3, 4);

        Assert.Equal([11520UL, 0UL, 1509978240UL, 1215971899390074240UL], [random.Next(), random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void Draws_are_uniform()
    {
        var random = new Xoshiro256(1, 0);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
        }

        // 99.9 % point of chi-squared with 6 degrees of freedom.
        Assert.True(counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000) < 22.46);
    }

    private static Forest Train(int threads = -1) => ForestTrainer.Train(Rows, Count, SampleData.Features, 20, 128, 9, threads);
}
