using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.IsolationForest;

public sealed class ForestTests
{
    [Fact]
    public void Given_scikit_learns_trees_it_returns_its_score_samples()
    {
        double[] depths = MeanDepths(ForestOracle.Rows);

        for (int i = 0; i < depths.Length; i++)
        {
            Assert.Equal(ForestOracle.ScoreSamples[i], ForestOracle.Forest.ScoreSamplesOf(depths[i]), 1e-9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(255)]
    [InlineData(1000)]
    public void A_rows_depth_does_not_depend_on_the_batch(int batch)
    {
        double[] whole = MeanDepths(ForestOracle.Rows.AsSpan(0, 2000 * ForestOracle.Features));

        for (int from = 0; from < 2000; from += batch)
        {
            int count = Math.Min(batch, 2000 - from);
            double[] part = MeanDepths(ForestOracle.Rows.AsSpan(from * ForestOracle.Features, count * ForestOracle.Features));
            Assert.Equal(whole.AsSpan(from, count).ToArray(), part);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(-1)]
    public void The_number_of_threads_changes_nothing(int threads)
    {
        double[] one = MeanDepths(ForestOracle.Rows), many = new double[one.Length];

        ForestOracle.Forest.MeanDepths(ForestOracle.Rows, many, threads);

        Assert.Equal(one, many);
    }

    [Fact]
    public void The_packed_walk_reaches_the_leaf_of_the_plain_walk()
    {
        ReadOnlySpan<float> rows = ForestOracle.Rows.AsSpan(0, 500 * ForestOracle.Features);
        double[] depths = MeanDepths(rows);

        for (int i = 0; i < depths.Length; i++)
        {
            double sum = 0;
            foreach (Tree tree in ForestOracle.Forest.Trees)
            {
                sum += tree.Value[tree.LeafOf(rows.Slice(i * ForestOracle.Features, ForestOracle.Features))];
            }

            Assert.Equal(sum / ForestOracle.Trees.Length, depths[i]);
        }
    }

    [Fact]
    public void A_value_that_is_not_a_number_stays_within_the_trees()
    {
        float[] rows = [.. Enumerable.Repeat(float.NaN, 9 * ForestOracle.Features)];

        Assert.All(MeanDepths(rows), depth => Assert.True(double.IsFinite(depth)));
    }

    [Fact]
    public void The_term_rises_as_the_depth_falls()
    {
        double ordinary = AveragePathLength.Of(ForestOracle.Sample);

        Assert.Equal(0, ForestOracle.Forest.TermOf(ordinary), 1e-15);
        Assert.Equal(0.5, ForestOracle.Forest.TermOf(ordinary / 2), 1e-15);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var depths = new double[1001];
        ReadOnlySpan<float> rows = ForestOracle.Rows.AsSpan(0, depths.Length * ForestOracle.Features);
        ForestOracle.Forest.MeanDepths(rows, depths);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ForestOracle.Forest.MeanDepths(rows, depths);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(256, 10.244770920119917)]
    public void The_average_path_length_is_scikit_learns(int rows, double expected) =>
        Assert.Equal(expected, AveragePathLength.Of(rows), 1e-14);

    private static double[] MeanDepths(ReadOnlySpan<float> rows)
    {
        var depths = new double[rows.Length / ForestOracle.Features];
        ForestOracle.Forest.MeanDepths(rows, depths);
        return depths;
    }
}
