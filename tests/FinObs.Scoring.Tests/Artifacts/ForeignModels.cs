using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Features;
using FinObs.Scoring.Tests.IsolationForest;
using FinObs.Scoring.Trees;
using Google.Protobuf;
using static FinObs.Scoring.Artifacts.Onnx.OnnxNodes;

namespace FinObs.Scoring.Tests.Artifacts;

/// <summary>ONNX models that this project did not train: scikit-learn's forest as a tree ensemble, and a small neural network.</summary>
internal static class ForeignModels
{
    public const string Output = "variable";
    private static readonly Tree[] SmallForest = ForestOracle.Forest.Trees.Take(10).ToArray();

    public static ModelManifest Manifest { get; } =
        new("foreign", "1.0.0", new FeatureSchema([.. Enumerable.Range(1, ForestOracle.Features).Select(f => $"column_{f}")], "USD", "Etc/UTC"))
        {
            Format = ModelFormat.Onnx,
            DeclaredThresholds = new DecisionThresholds(1, 2),
        };

    /// <summary>The mean path length of scikit-learn's trees, all 100 or 10 of them.</summary>
    public static byte[] Trees(bool all = true, Action<NodeProto>? change = null)
    {
        IReadOnlyList<Tree> trees = all ? ForestOracle.Forest.Trees : SmallForest;
        NodeProto node = TreeNodes.Write(trees, value => (float)value, "input", Output);
        change?.Invoke(node);
        return Model([node], [], Value("input", -1, ForestOracle.Features), Value(Output, -1, 1));
    }

    /// <summary>ReLU(x W + b) v, six inputs, three hidden units.</summary>
    public static byte[] NeuralNetwork()
    {
        float[] weights = [.. Enumerable.Range(0, ForestOracle.Features * 3).Select(i => MathF.Sin(i))];
        TensorProto[] constants = [Tensor("w", weights, ForestOracle.Features, 3), Tensor("b", [0.1f, 0.2f, -0.3f], 3), Tensor("v", [1f, -2f, 3f], 3, 1)];
        NodeProto[] nodes =
        [
            Node("MatMul", ["input", "w"], "weighted"),
            Node("Add", ["weighted", "b"], "shifted"),
            Node("Relu", ["shifted"], "hidden"),
            Node("MatMul", ["hidden", "v"], Output),
        ];
        return Model(nodes, constants, Value("input", -1, ForestOracle.Features), Value(Output, -1, 1));
    }

    public static double NeuralNetworkOf(ReadOnlySpan<float> row)
    {
        double[] bias = [0.1, 0.2, -0.3], outer = [1, -2, 3];
        double sum = 0;
        for (int h = 0; h < 3; h++)
        {
            double hidden = bias[h];
            for (int f = 0; f < row.Length; f++)
            {
                hidden += row[f] * MathF.Sin((f * 3) + h);
            }

            sum += outer[h] * Math.Max(hidden, 0);
        }

        return sum;
    }

    public static byte[] Model(NodeProto[] nodes, TensorProto[] constants, ValueInfoProto input, params ValueInfoProto[] outputs)
    {
        var graph = new GraphProto { Name = "foreign", Node = { nodes }, Initializer = { constants }, Input = { input }, Output = { outputs } };
        OperatorSetIdProto[] operators = [new() { Domain = "", Version = 15 }, new() { Domain = TreeDomain, Version = 3 }];
        return new ModelProto { IrVersion = 8, ProducerName = "elsewhere", OpsetImport = { operators }, Graph = graph }.ToByteArray();
    }

    public static IScoringModel Open(byte[] model, Func<ModelManifest, ModelManifest>? manifest = null) =>
        ModelArtifact.Create(manifest is null ? Manifest : manifest(Manifest), model).Open();

    public static AttributeProto Attribute(this NodeProto node, string name) => node.Attribute.Single(a => a.Name == name);

    public static void Remove(this NodeProto node, string name) => node.Attribute.Remove(node.Attribute(name));
}
