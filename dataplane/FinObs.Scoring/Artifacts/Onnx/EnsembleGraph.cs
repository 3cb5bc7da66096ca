using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.IsolationForest;
using FinObs.Scoring.Trees;
using Google.Protobuf;
using static FinObs.Scoring.Artifacts.Onnx.OnnxNodes;

namespace FinObs.Scoring.Artifacts.Onnx;

/// <summary>Our ensemble as one ONNX graph: standard operators and ai.onnx.ml opset 3, so that any server of ONNX runs it.</summary>
/// <remarks>
/// Leaf weights are terms (1 - path length / c), not path lengths: sums of small numbers keep more of float32's digits.
/// <c>nodes_hitrates</c> hold the rows that passed each node; depth and cover give path lengths back in double when the file is read.
/// </remarks>
internal static class EnsembleGraph
{
    public const string Input = "features";
    public const string Margin = "margin";
    public const string ForestTerm = "isolation_forest_term";
    public const string ReconstructionError = "reconstruction_error";
    public const string SupervisedTerm = "supervised_term";
    private const string ForestColumn = "forest_term_column";
    private const string SupervisedColumn = "supervised_term_column";
    private const string UnsupervisedMargin = "unsupervised_margin";
    private const string Mean = "autoencoder_mean";
    private const string Scale = "autoencoder_scale";
    private const string Residual = "autoencoder_residual";
    private const int IrVersion = 8;
    private const int Opset = 17;
    private const int TreeOpset = 3;

    /// <summary>Writes the file; equal models give equal bytes.</summary>
    public static byte[] Write(EnsembleEvaluator ensemble)
    {
        int features = ensemble.FeatureCount;
        var graph = new GraphProto
        {
            Name = "finobs_ensemble",
            Input = { Value(Input, -1, features) },
            Output = { Value(Margin, -1), Value(ForestTerm, -1), Value(ReconstructionError, -1, features) },
        };
        AddForest(graph, ensemble.Forest);
        AddAutoencoder(graph, ensemble.Autoencoder);
        AddMargin(graph, ensemble.Parameters, ensemble.Member is null ? Margin : UnsupervisedMargin);
        if (ensemble.Member is { } member)
        {
            graph.Output.Add(Value(SupervisedTerm, -1));
            AddMember(graph, member, ensemble.Parameters.Supervised!);
        }

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "FinObs",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset }, new OperatorSetIdProto { Domain = TreeDomain, Version = TreeOpset } },
            Graph = graph,
        };
        return model.ToByteArray();
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote back into the same model.</summary>
    public static EnsembleEvaluator Read(ModelProto model, EnsembleParameters parameters, int features)
    {
        GraphProto graph = model.Graph;
        int expected = parameters.Supervised is null ? 1 : 2;
        if (TreeNodes.Find(graph).Count() != expected)
        {
            throw Broken($"{expected} TreeEnsembleRegressor were expected");
        }

        Tree[] trees = TreesOf(graph, ForestColumn, features);
        Tree[] boosted = parameters.Supervised is null ? [] : TreesOf(graph, SupervisedColumn, features);
        float[] mean = Initializer(graph, Mean, features), scale = Initializer(graph, Scale, features), residual = Initializer(graph, Residual, features * features);
        try
        {
            var forest = new Forest(trees, features, (int)trees[0].Cover[0]);
            return new EnsembleEvaluator(forest, new PcaAutoencoder(mean, scale, residual, parameters.ErrorFunction, parameters.HuberDelta), parameters, boosted.Length == 0 ? null : new BoostedMember(boosted, features));
        }
        catch (ArgumentException e)
        {
            throw Broken(e.Message);
        }
    }

    private static Tree[] TreesOf(GraphProto graph, string output, int features)
    {
        NodeProto node = TreeNodes.Find(graph).FirstOrDefault(node => node.Output.Contains(output)) ?? throw Broken($"no TreeEnsembleRegressor makes {output}");
        Tree[] trees = TreeNodes.Read(node, 0, features);
        return trees.Length > 0 && trees.All(tree => tree.Cover.Length > 0) ? trees : throw Broken("nodes_hitrates are missing or do not add up");
    }

    private static void AddForest(GraphProto graph, Forest forest)
    {
        NodeProto trees = TreeNodes.Write(forest.Trees, value => (float)forest.TermOf(value), Input, ForestColumn);
        graph.Node.Add(trees);
        graph.Initializer.Add(Tensor("one_dimension", [-1L], 1));
        graph.Node.Add(Node("Reshape", [ForestColumn, "one_dimension"], ForestTerm));
    }

    private static void AddAutoencoder(GraphProto graph, PcaAutoencoder autoencoder)
    {
        int features = autoencoder.FeatureCount;
        graph.Initializer.Add(Tensor(Mean, autoencoder.Mean, features));
        graph.Initializer.Add(Tensor(Scale, autoencoder.Scale, features));
        graph.Initializer.Add(Tensor(Residual, autoencoder.Residual, features, features));
        graph.Node.Add(Node("Sub", [Input, Mean], "centred"));
        graph.Node.Add(Node("Mul", ["centred", Scale], "standardised"));
        graph.Node.Add(Node("MatMul", ["standardised", Residual], "residual"));
        AddErrorFunction(graph, autoencoder);
    }

    private static void AddErrorFunction(GraphProto graph, PcaAutoencoder autoencoder)
    {
        switch (autoencoder.Function)
        {
            case ErrorFunction.Absolute:
                graph.Node.Add(Node("Abs", ["residual"], ReconstructionError));
                break;
            case ErrorFunction.Huber:
                graph.Initializer.Add(Tensor("huber_delta", [(float)autoencoder.HuberDelta]));
                graph.Initializer.Add(Tensor("half", [0.5f]));
                graph.Node.Add(Node("Abs", ["residual"], "residual_size"));
                graph.Node.Add(Node("Min", ["residual_size", "huber_delta"], "inner"));
                graph.Node.Add(Node("Mul", ["inner", "half"], "half_inner"));
                graph.Node.Add(Node("Sub", ["residual_size", "half_inner"], "outer"));
                graph.Node.Add(Node("Mul", ["inner", "outer"], ReconstructionError));
                break;
            case ErrorFunction.LogSquared:
                graph.Initializer.Add(Tensor("one", [1f]));
                graph.Node.Add(Node("Mul", ["residual", "residual"], "squared"));
                graph.Node.Add(Node("Add", ["squared", "one"], "squared_plus_one"));
                graph.Node.Add(Node("Log", ["squared_plus_one"], ReconstructionError));
                break;
            default:
                graph.Node.Add(Node("Mul", ["residual", "residual"], ReconstructionError));
                break;
        }
    }

    private static void AddMember(GraphProto graph, BoostedMember member, SupervisedParameters parameters)
    {
        graph.Node.Add(TreeNodes.Write(member.Trees, value => (float)value, Input, SupervisedColumn, "SUM"));
        graph.Node.Add(Node("Reshape", [SupervisedColumn, "one_dimension"], SupervisedTerm));
        graph.Initializer.Add(Tensor("supervised_weight", [(float)parameters.Weight]));
        graph.Initializer.Add(Tensor("supervised_reference", [(float)parameters.Reference]));
        graph.Node.Add(Node("Sub", [SupervisedTerm, "supervised_reference"], "centred_supervised"));
        graph.Node.Add(Node("Mul", ["centred_supervised", "supervised_weight"], "weighted_supervised"));
        graph.Node.Add(Node("Add", [UnsupervisedMargin, "weighted_supervised"], Margin));
    }

    private static void AddMargin(GraphProto graph, EnsembleParameters parameters, string output)
    {
        double bias = -(parameters.ForestWeight * parameters.ForestReference) - (parameters.ReconstructionWeight * parameters.ReconstructionReference.Sum());
        graph.Initializer.Add(Tensor("forest_weight", [(float)parameters.ForestWeight]));
        graph.Initializer.Add(Tensor("reconstruction_weight", [(float)parameters.ReconstructionWeight]));
        graph.Initializer.Add(Tensor("bias", [(float)bias]));
        graph.Initializer.Add(Tensor("feature_axis", [1L], 1));
        graph.Node.Add(Node("ReduceSum", [ReconstructionError, "feature_axis"], "total_error", Int("keepdims", 0)));
        graph.Node.Add(Node("Mul", [ForestTerm, "forest_weight"], "weighted_forest"));
        graph.Node.Add(Node("Mul", ["total_error", "reconstruction_weight"], "weighted_error"));
        graph.Node.Add(Node("Add", ["weighted_forest", "weighted_error"], "uncentred_margin"));
        graph.Node.Add(Node("Add", ["uncentred_margin", "bias"], output));
    }

    private static float[] Initializer(GraphProto graph, string name, int length)
    {
        TensorProto tensor = graph.Initializer.FirstOrDefault(t => t.Name == name) ?? throw Broken($"initializer {name} is missing");
        float[] values = Floats(tensor);
        return values.Length == length ? values : throw Broken($"initializer {name} has {values.Length} values instead of {length}");
    }

    private static ArtifactException Broken(string what) =>
        new(ArtifactProblem.UnsupportedModel, $"model.onnx is not an ensemble of ours: {what}. Declare format Onnx for other models.");
}
