using FinObs.Scoring.Artifacts.Onnx;
using Google.Protobuf;

namespace FinObs.Scoring.Artifacts;

/// <summary>First look at a model file, before ONNX Runtime sees it.</summary>
internal static class OnnxFile
{
    /// <summary>Parses the file; refuses files that end early or refer to files outside themselves.</summary>
    public static ModelProto Parse(byte[] bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ArtifactException(ArtifactProblem.UnreadableModel, "model.onnx is cut short or is no ONNX file; export or fetch it again.", e);
        }

        if (model.Graph is null || model.Graph.Node.Count == 0)
        {
            throw new ArtifactException(ArtifactProblem.UnreadableModel, "model.onnx holds no graph; export or fetch it again.");
        }

        if (RefersOutside(model.Graph) || model.Functions.Any(function => function.Node.Any(RefersOutside)))
        {
            throw new ArtifactException(ArtifactProblem.UnsupportedModel, "model.onnx keeps tensors in other files; export it as one file.");
        }

        return model;
    }

    /// <summary>The one input that is no initializer: float [N, F] with a free N.</summary>
    public static string CheckFeatureCount(ModelProto model, int features)
    {
        HashSet<string> constants = [.. model.Graph.Initializer.Select(tensor => tensor.Name)];
        ValueInfoProto[] inputs = [.. model.Graph.Input.Where(input => !constants.Contains(input.Name))];
        if (inputs.Length != 1)
        {
            throw new ArtifactException(ArtifactProblem.WrongInput, $"model.onnx takes {inputs.Length} inputs; it must take one, float [N, F].");
        }

        TypeProto.Types.Tensor? tensor = inputs[0].Type?.TensorType;
        if (tensor?.Shape is null || tensor.ElemType != (int)TensorProto.Types.DataType.Float || tensor.Shape.Dim.Count != 2)
        {
            throw new ArtifactException(ArtifactProblem.WrongInput, $"Input {inputs[0].Name} of model.onnx must be float32 of shape [N, F]; cast or reshape inside the graph.");
        }

        if (tensor.Shape.Dim[0].HasDimValue && tensor.Shape.Dim[0].DimValue > 0)
        {
            throw new ArtifactException(ArtifactProblem.WrongInput, $"Input {inputs[0].Name} of model.onnx takes exactly {tensor.Shape.Dim[0].DimValue} rows; export it with a dynamic batch.");
        }

        if (tensor.Shape.Dim[1].HasDimValue && tensor.Shape.Dim[1].DimValue != features)
        {
            throw new ArtifactException(
                ArtifactProblem.FeatureCountMismatch, $"model.onnx takes {tensor.Shape.Dim[1].DimValue} features, manifest.json names {features}; correct features.names.");
        }

        return inputs[0].Name;
    }

    /// <summary>Refuses trees with loops, loose ends or columns beyond the input, before native code walks them.</summary>
    public static void CheckTrees(ModelProto model, string input, int features)
    {
        foreach (NodeProto node in TreeNodes.Find(model.Graph))
        {
            TreeNodes.Read(node, 0, node.Input.Contains(input) ? features : int.MaxValue);
        }
    }

    private static bool RefersOutside(GraphProto graph) =>
        graph.Initializer.Any(IsExternal)
        || graph.SparseInitializer.Any(sparse => IsExternal(sparse.Values) || IsExternal(sparse.Indices))
        || graph.Node.Any(RefersOutside);

    private static bool RefersOutside(NodeProto node) =>
        node.Attribute.Any(a =>
            IsExternal(a.T) || a.Tensors.Any(IsExternal) || (a.G is not null && RefersOutside(a.G)) || a.Graphs.Any(RefersOutside));

    private static bool IsExternal(TensorProto? tensor) => tensor?.DataLocation == TensorProto.Types.DataLocation.External;
}
