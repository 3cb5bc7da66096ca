using FinObs.Scoring.Trees;
using static FinObs.Scoring.Artifacts.Onnx.OnnxNodes;

namespace FinObs.Scoring.Artifacts.Onnx;

/// <summary>Trees as TreeEnsembleRegressor and TreeEnsembleClassifier hold them (ai.onnx.ml opsets 1 to 4).</summary>
internal static class TreeNodes
{
    public const string Regressor = "TreeEnsembleRegressor";
    public const string Classifier = "TreeEnsembleClassifier";

    /// <summary>The tree nodes of a graph.</summary>
    public static IEnumerable<NodeProto> Find(GraphProto graph) =>
        graph.Node.Where(node => node.Domain == TreeDomain && node.OpType is Regressor or Classifier);

    /// <summary>A regressor whose single target is the mean over the trees.</summary>
    /// <param name="trees">Trees with cover.</param>
    /// <param name="weight">Leaf weight from a leaf's value.</param>
    /// <param name="input">Name of the [N, F] input.</param>
    /// <param name="output">Name of the [N, 1] output.</param>
    public static NodeProto Write(IReadOnlyList<Tree> trees, Func<double, float> weight, string input, string output)
    {
        var all = trees.SelectMany((tree, t) => Enumerable.Range(0, tree.NodeCount).Select(node => (Tree: tree, T: t, Node: node))).ToArray();
        var leaves = all.Where(n => n.Tree.IsLeaf(n.Node)).ToArray();
        NodeProto written = Node(
            Regressor,
            [input],
            output,
            Int("n_targets", 1),
            Text("aggregate_function", "AVERAGE"),
            Text("post_transform", "NONE"),
            Ints("nodes_treeids", all.Select(n => (long)n.T)),
            Ints("nodes_nodeids", all.Select(n => (long)n.Node)),
            Ints("nodes_featureids", all.Select(n => (long)Math.Max(n.Tree.Feature[n.Node], 0))),
            Floats("nodes_values", all.Select(n => n.Tree.Threshold[n.Node])),
            Texts("nodes_modes", all.Select(n => n.Tree.IsLeaf(n.Node) ? "LEAF" : "BRANCH_LEQ")),
            Ints("nodes_truenodeids", all.Select(n => n.Tree.IsLeaf(n.Node) ? 0L : n.Tree.Left[n.Node])),
            Ints("nodes_falsenodeids", all.Select(n => n.Tree.IsLeaf(n.Node) ? 0L : n.Tree.Right[n.Node])),
            Floats("nodes_hitrates", all.Select(n => (float)n.Tree.Cover[n.Node])),
            Ints("target_treeids", leaves.Select(n => (long)n.T)),
            Ints("target_nodeids", leaves.Select(n => (long)n.Node)),
            Ints("target_ids", leaves.Select(_ => 0L)),
            Floats("target_weights", leaves.Select(n => weight(n.Tree.Value[n.Node]))));
        written.Domain = TreeDomain;
        return written;
    }

    /// <summary>Reads the trees of a node; leaf values are the weights towards one target or class.</summary>
    /// <param name="node">A <see cref="Regressor"/> or <see cref="Classifier"/>.</param>
    /// <param name="target">Index of the target or class.</param>
    /// <exception cref="ArtifactException">The attributes contradict each other, or a split is of a kind that an interval cannot express.</exception>
    public static Tree[] Read(NodeProto node, int target)
    {
        var attributes = new TreeAttributes(node);
        try
        {
            return attributes.Trees(target);
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException or OverflowException)
        {
            throw new ArtifactException(ArtifactProblem.UnsupportedModel, $"The trees of model.onnx cannot be read: {e.Message}", e);
        }
    }
}
