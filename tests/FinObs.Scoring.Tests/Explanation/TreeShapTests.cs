using CsCheck;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Tests.IsolationForest;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Explanation;

public sealed class TreeShapTests
{
    private const long WithoutTables = 0;

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void Given_scikit_learns_trees_it_returns_shaps_values(long tableBytes)
    {
        var shap = new TreeShap(ForestOracle.Forest.Trees, ForestOracle.Features, tableBytes);
        int trees = ForestOracle.Trees.Length;
        var contributions = new double[ForestOracle.Shap.Length * ForestOracle.Features];

        shap.Explain(ForestOracle.Rows.AsSpan(0, contributions.Length), contributions);

        Assert.Equal(ForestOracle.ExpectedDepth, shap.ExpectedValue / trees, 1e-9);
        for (int i = 0; i < contributions.Length; i++)
        {
            Assert.Equal(ForestOracle.Shap[i / ForestOracle.Features][i % ForestOracle.Features], contributions[i] / trees, 1e-9);
        }
    }

    [Fact]
    public void The_published_recursion_returns_shaps_values_too()
    {
        for (int i = 0; i < 5; i++)
        {
            var contributions = new double[ForestOracle.Features];
            foreach (Tree tree in ForestOracle.Forest.Trees)
            {
                TreeShapReference.Explain(tree, ForestOracle.Rows.AsSpan(i * ForestOracle.Features, ForestOracle.Features), contributions);
            }

            Assert.All(contributions, (value, f) => Assert.Equal(ForestOracle.Shap[i][f], value / ForestOracle.Trees.Length, 1e-9));
        }
    }

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void Contributions_are_the_Shapley_values_of_the_tree_read_with_some_features_unknown(long tableBytes) =>
        RandomTrees.Cases.Sample(
            c =>
            {
                var fast = new double[c.Row.Length];
                new TreeShap([c.Tree], c.Row.Length, tableBytes).Explain(c.Row, fast);
                var recursive = new double[c.Row.Length];
                TreeShapReference.Explain(c.Tree, c.Row, recursive);
                double[] brute = RandomTrees.Shapley(c.Tree, c.Row);

                for (int f = 0; f < brute.Length; f++)
                {
                    Assert.Equal(brute[f], fast[f], 1e-9);
                    Assert.Equal(brute[f], recursive[f], 1e-9);
                }
            },
            iter: 300,
            threads: 1);

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void Base_and_contributions_add_up_to_the_trees_sum(long tableBytes) =>
        RandomTrees.Cases.Sample(
            c =>
            {
                var shap = new TreeShap([c.Tree], c.Row.Length, tableBytes);
                var contributions = new double[c.Row.Length];
                shap.Explain(c.Row, contributions);
                Assert.Equal(c.Tree.Value[c.Tree.LeafOf(c.Row)], shap.ExpectedValue + contributions.Sum(), 1e-9);
            },
            iter: 300,
            threads: 1);

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void A_rows_contributions_do_not_depend_on_the_batch(long tableBytes)
    {
        var shap = new TreeShap(ForestOracle.Forest.Trees, ForestOracle.Features, tableBytes);
        var whole = new double[40 * ForestOracle.Features];
        shap.Explain(ForestOracle.Rows.AsSpan(0, whole.Length), whole);
        var one = new double[ForestOracle.Features];

        for (int row = 0; row < 40; row++)
        {
            shap.Explain(ForestOracle.Rows.AsSpan(row * one.Length, one.Length), one);
            Assert.Equal(whole.AsSpan(row * one.Length, one.Length).ToArray(), one);
        }
    }

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void Explaining_allocates_nothing(long tableBytes)
    {
        var shap = new TreeShap(ForestOracle.Forest.Trees, ForestOracle.Features, tableBytes);
        var contributions = new double[100 * ForestOracle.Features];
        shap.Explain(ForestOracle.Rows.AsSpan(0, contributions.Length), contributions);
        long before = GC.GetAllocatedBytesForCurrentThread();

        shap.Explain(ForestOracle.Rows.AsSpan(0, contributions.Length), contributions);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void The_number_of_threads_changes_nothing(long tableBytes)
    {
        var shap = new TreeShap(ForestOracle.Forest.Trees, ForestOracle.Features, tableBytes);
        float[] rows = ForestOracle.Rows[..(777 * ForestOracle.Features)];
        double[] one = new double[rows.Length], many = new double[rows.Length];

        shap.Explain(rows, one);
        foreach (int threads in (int[])[2, 3, -1])
        {
            shap.Explain(rows, many, threads);
            Assert.Equal(one, many);
        }
    }

    [Fact]
    public void Trees_of_many_features_are_explained_too()
    {
        // Scratch memory of 600 features does not fit on the stack.
        var tree = new Tree([599, 0, Tree.Leaf, Tree.Leaf, Tree.Leaf], [0, 0, 0, 0, 0], [1, 2, 0, 0, 0], [4, 3, 0, 0, 0], [0, 0, 1, 2, 3], [4, 2, 1, 1, 2]);
        float[] row = new float[600];
        double[] fast = new double[600], reference = new double[600];

        new TreeShap([tree], 600).Explain(row, fast);
        TreeShapReference.Explain(tree, row, reference);

        Assert.All(fast, (value, f) => Assert.Equal(reference[f], value, 1e-12));
    }

    [Theory]
    [InlineData(TreeShap.DefaultTableBytes)]
    [InlineData(WithoutTables)]
    public void A_tree_without_splits_gives_nothing_to_any_feature(long tableBytes)
    {
        var stump = new Tree([Tree.Leaf], [0], [0], [0], [3.5], [10]);
        var shap = new TreeShap([stump], 2, tableBytes);
        var contributions = new double[2];

        shap.Explain([1, 2], contributions);

        Assert.Equal(3.5, shap.ExpectedValue);
        Assert.Equal([0, 0], contributions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(32)]
    public void Quadrature_points_integrate_polynomials_exactly(int points)
    {
        (double[] at, double[] weights) = GaussLegendre.OfPoints(points);

        for (int degree = 0; degree < 2 * points; degree++)
        {
            double integral = at.Zip(weights, (x, w) => w * Math.Pow(x, degree)).Sum();
            Assert.Equal(1.0 / (degree + 1), integral, 1e-13);
        }
    }
}
