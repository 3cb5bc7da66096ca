using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Tests.IsolationForest;
using Google.Protobuf;
using static FinObs.Scoring.Artifacts.Onnx.OnnxNodes;

namespace FinObs.Scoring.Tests.Artifacts;

public sealed class OnnxModelTests
{
    private static readonly float[] Rows = ForestOracle.Rows[..(100 * ForestOracle.Features)];

    [Fact]
    public void A_foreign_tree_ensemble_is_scored_and_explained_exactly()
    {
        using IScoringModel model = ForeignModels.Open(ForeignModels.Trees());
        var depths = new double[100];
        ForestOracle.Forest.MeanDepths(Rows, depths);

        double[] margins = Margins(model);
        ScoreExplanation explanation = model.Explain(Rows.AsSpan(0, ForestOracle.Features));

        Assert.All(margins, (margin, i) => Assert.Equal(depths[i], margin, 1e-4));
        Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
        Assert.Equal(ForestOracle.ExpectedDepth, explanation.Base, 1e-5);
        Assert.All(explanation.Contributions, (value, f) => Assert.Equal(ForestOracle.Shap[0][f], value, 1e-5));
        Assert.Equal(margins[0], explanation.Margin);
    }

    [Fact]
    public void Another_graph_is_scored_and_says_that_it_has_no_explanation()
    {
        using IScoringModel model = ForeignModels.Open(ForeignModels.NeuralNetwork());

        double[] margins = Margins(model);
        ScoreExplanation explanation = model.Explain(Rows.AsSpan(0, ForestOracle.Features));

        for (int i = 0; i < margins.Length; i++)
        {
            Assert.Equal(ForeignModels.NeuralNetworkOf(Rows.AsSpan(i * ForestOracle.Features, ForestOracle.Features)), margins[i], 1e-4);
        }

        Assert.Equal(ExplanationMethod.Unavailable, explanation.Method);
        Assert.Contains("tree ensemble", explanation.Reason, StringComparison.Ordinal);
        Assert.Empty(explanation.Contributions);
    }

    [Fact]
    public void Trees_without_counts_are_counted_on_the_reference_sample()
    {
        var sample = new ReferenceSample(100, ForestOracle.Features, [.. Rows.SelectMany(BitConverter.GetBytes)]);
        FeatureReference[] features = [.. ForeignModels.Manifest.Features.Names.Select(name => new FeatureReference(name, 0, 1, 0, 1))];
        var reference = new ReferenceStatistics(100, features, new QuantileBins([], [100]), new QuantileBins([], [100]), sample);
        byte[] trees = ForeignModels.Trees(all: false, node => node.Remove("nodes_hitrates"));

        using IScoringModel counted = ForeignModels.Open(trees, manifest => manifest with { Reference = reference });
        using IScoringModel unknown = ForeignModels.Open(trees);

        Assert.Equal(ExplanationMethod.TreeShapExact, counted.Explain(Rows.AsSpan(0, ForestOracle.Features)).Method);
        ScoreExplanation none = unknown.Explain(Rows.AsSpan(0, ForestOracle.Features));
        Assert.Equal(ExplanationMethod.Unavailable, none.Method);
        Assert.Contains("nodes_hitrates", none.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BRANCH_LT", false)]
    [InlineData("BRANCH_GTE", true)]
    [InlineData("BRANCH_GT", true)]
    public void Every_order_comparison_is_explained(string mode, bool exchanged)
    {
        byte[] trees = ForeignModels.Trees(all: false, node =>
        {
            var modes = node.Attribute("nodes_modes").Strings;
            for (int i = 0; i < modes.Count; i++)
            {
                modes[i] = modes[i].ToStringUtf8() == "LEAF" ? modes[i] : ByteString.CopyFromUtf8(mode);
            }

            if (exchanged)
            {
                (node.Attribute("nodes_truenodeids").Name, node.Attribute("nodes_falsenodeids").Name) = ("nodes_falsenodeids", "nodes_truenodeids");
            }
        });

        using IScoringModel model = ForeignModels.Open(trees);

        for (int at = 0; at < Rows.Length; at += ForestOracle.Features)
        {
            Assert.Equal(ExplanationMethod.TreeShapExact, model.Explain(Rows.AsSpan(at, ForestOracle.Features)).Method);
        }
    }

    [Fact]
    public void A_split_on_equality_is_scored_and_says_why_it_is_not_explained()
    {
        byte[] trees = ForeignModels.Trees(all: false, node =>
        {
            var modes = node.Attribute("nodes_modes").Strings;
            modes[0] = ByteString.CopyFromUtf8("BRANCH_EQ");
        });

        using IScoringModel model = ForeignModels.Open(trees);

        Assert.Contains("BRANCH_EQ", model.Explain(Rows.AsSpan(0, ForestOracle.Features)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transformed_sum_says_why_it_is_not_explained()
    {
        byte[] trees = ForeignModels.Trees(all: false, node => node.Attribute("post_transform").S = ByteString.CopyFromUtf8("LOGISTIC"));

        using IScoringModel model = ForeignModels.Open(trees);

        Assert.Contains("LOGISTIC", model.Explain(Rows.AsSpan(0, ForestOracle.Features)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_of_a_foreign_classifier_is_scored_and_explained()
    {
        byte[] trees = ForeignModels.Trees(all: false, AsClassifier);
        ModelProto model = ModelProto.Parser.ParseFrom(trees);
        model.Graph.Output.Clear();
        model.Graph.Output.Add(new ValueInfoProto { Name = "label", Type = Value("label", -1).Type.Clone() });
        model.Graph.Output[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Int64;
        model.Graph.Output.Add(Value(ForeignModels.Output, -1, 3));

        using IScoringModel second = ForeignModels.Open(model.ToByteArray(), m => m with { Output = new ScoreOutput(ForeignModels.Output, 1) });

        ScoreExplanation explanation = second.Explain(Rows.AsSpan(0, ForestOracle.Features));
        Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
        Assert.NotEqual(0, explanation.Margin);
    }

    [Fact]
    public void Where_lower_is_anomalous_the_sign_is_turned()
    {
        using IScoringModel plain = ForeignModels.Open(ForeignModels.Trees());
        using IScoringModel turned = ForeignModels.Open(ForeignModels.Trees(), m => m with { Output = new ScoreOutput(LowerIsAnomalous: true) });

        Assert.Equal(Margins(plain).Select(margin => -margin), Margins(turned));
        ScoreExplanation explanation = turned.Explain(Rows.AsSpan(0, ForestOracle.Features));
        Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
        Assert.Equal(-ForestOracle.Shap[0][0], explanation.Contributions[0], 1e-5);
    }

    [Fact]
    public void A_calibration_in_the_manifest_makes_the_output_a_quantile()
    {
        using IScoringModel raw = ForeignModels.Open(ForeignModels.Trees());
        double[] margins = Margins(raw);
        using IScoringModel calibrated = ForeignModels.Open(ForeignModels.Trees(), m => m with { Calibration = ScoreCalibration.Fit(margins) });
        var scores = new double[100];

        calibrated.Score(Rows, new double[100], scores);

        Assert.All(scores, score => Assert.InRange(score, 0, 1));
        Assert.Equal(0.995, scores.Max(), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_rows_score_does_not_depend_on_the_batch(int batch)
    {
        using IScoringModel model = ForeignModels.Open(ForeignModels.NeuralNetwork());
        double[] whole = Margins(model);
        double[] margins = new double[batch], scores = new double[batch];

        for (int from = 0; from + batch <= 100; from += batch)
        {
            model.Score(Rows.AsSpan(from * ForestOracle.Features, batch * ForestOracle.Features), margins, scores);
            Assert.Equal(whole[from..(from + batch)], margins);
        }
    }

    private static double[] Margins(IScoringModel model)
    {
        double[] margins = new double[100], scores = new double[100];
        model.Score(Rows, margins, scores);
        return margins;
    }

    /// <summary>The regressor's weights as a classifier's of three classes, spread over them leaf by leaf.</summary>
    private static void AsClassifier(NodeProto node)
    {
        node.OpType = TreeNodes.Classifier;
        node.Remove("n_targets");
        node.Remove("aggregate_function");
        foreach (AttributeProto attribute in node.Attribute)
        {
            attribute.Name = attribute.Name.Replace("target_", "class_", StringComparison.Ordinal);
        }

        var ids = node.Attribute("class_ids").Ints;
        for (int i = 0; i < ids.Count; i++)
        {
            ids[i] = i % 3;
        }

        node.Attribute.Add(Ints("classlabels_int64s", [0, 1, 2]));
        node.Output.Insert(0, "label");
    }
}
