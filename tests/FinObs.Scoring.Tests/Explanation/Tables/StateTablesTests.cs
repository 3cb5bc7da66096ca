using CsCheck;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Explanation.Tables;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Tests.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Explanation.Tables;

public sealed class StateTablesTests
{
    private const long Plenty = 1L << 30;

    [Fact]
    public void Values_are_those_of_the_published_recursion_for_several_trees_and_rows_on_a_cut() =>
        Gen.Select(RandomTrees.Cases.Array[1, 70], Gen.Int[0, 1000]).Sample(
            (cases, pick) =>
            {
                int features = cases.Max(c => c.Row.Length);
                Tree[] trees = [.. cases.Select(c => c.Tree)];
                float[] row = [.. cases[0].Row, .. new float[features - cases[0].Row.Length]];
                Tree tree = trees[pick % trees.Length];
                int node = pick % tree.NodeCount;
                if (!tree.IsLeaf(node))
                {
                    row[tree.Feature[node]] = tree.Threshold[node];
                }

                double[] looked = new double[features], expected = new double[features];
                StateTables.Build(trees, features, Plenty)!.Explain(row, looked);
                foreach (Tree one in trees)
                {
                    TreeShapReference.Explain(one, row, expected);
                }

                Assert.All(expected, (value, f) => Assert.Equal(value, looked[f], 1e-9));
            },
            iter: 60,
            threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(16)]
    public void One_vector_or_two_hold_the_values_of_any_number_of_features(int features)
    {
        var random = new Random(features);
        float[] rows = [.. Enumerable.Range(0, 2_000 * features).Select(_ => random.NextSingle())];
        Forest forest = ForestTrainer.Train(rows, 2_000, features, 12, 128, 3, cancellationToken: TestContext.Current.CancellationToken);
        double[] looked = new double[300 * features], expected = new double[300 * features];

        StateTables.Build(forest.Trees, features, Plenty)!.Explain(rows.AsSpan(0, looked.Length), looked);
        new LeafQuadrature(forest.Trees, features).Explain(rows.AsSpan(0, expected.Length), expected);

        Assert.All(expected, (value, i) => Assert.Equal(value, looked[i], 1e-9));
    }

    [Fact]
    public void A_row_that_is_not_a_number_stays_within_the_tables()
    {
        var contributions = new double[ForestOracle.Features];
        StateTables.Build(ForestOracle.Forest.Trees, ForestOracle.Features, Plenty)!.Explain(
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.MaxValue, -0f], contributions);

        Assert.All(contributions, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void There_are_none_beyond_the_memory_allowed_or_beyond_16_features()
    {
        Assert.NotNull(StateTables.Build(ForestOracle.Forest.Trees, ForestOracle.Features, TreeShap.DefaultTableBytes));
        Assert.Null(StateTables.Build(ForestOracle.Forest.Trees, ForestOracle.Features, 1 << 20));
        Assert.Null(StateTables.Build(ForestOracle.Forest.Trees, StateTables.MostFeatures + 1, Plenty));
    }

    [Fact]
    public void There_are_none_where_a_branch_has_no_cover()
    {
        var tree = new Tree([0, Tree.Leaf, Tree.Leaf], [0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 2], [4, 4, 0]);

        Assert.Null(StateTables.Build([tree], 1, Plenty));
    }

    [Fact]
    public void Subtrees_have_few_states_and_all_leaves_between_them()
    {
        List<Subtree> subtrees = Subtree.Cut(ForestOracle.Forest.Trees, ForestOracle.Features, 512, long.MaxValue)!;

        Assert.All(subtrees, subtree => Assert.InRange(subtree.States, 1, 512));
        Assert.All(subtrees, subtree => Assert.Equal(subtree.Axes.Aggregate(1, (product, axis) => product * axis.Positions), subtree.States));
        Assert.Equal(ForestOracle.Trees.Sum(tree => Enumerable.Range(0, tree.NodeCount).Count(tree.IsLeaf)), subtrees.Sum(subtree => subtree.Leaves.Length));
    }
}
