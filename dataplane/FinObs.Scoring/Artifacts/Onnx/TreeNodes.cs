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

    /// <summary>A regressor whose single target is the mean over the trees, or their sum.</summary>
    /// <param name="trees">Trees with cover.</param>
    /// <param name="weight">Leaf weight from a leaf's value.</param>
    /// <param name="input">Name of the [N, F] input.</param>
    /// <param name="output">Name of the [N, 1] output.</param>
    /// <param name="aggregate"><c>AVERAGE</c> or <c>SUM</c>.</param>
    public static NodeProto Write(IReadOnlyList<Tree> trees, Func<double, float> weight, string input, string output, string aggregate = "AVERAGE")
    {
        var all = trees.SelectMany((tree, t) => Enumerable.Range(0, tree.NodeCount).Select(node => (Tree: tree, T: t, Node: node))).ToArray();
        var leaves = all.Where(n => n.Tree.IsLeaf(n.Node)).ToArray();
        NodeProto written = Node(
            Regressor,
            [input],
            output,
            Int("n_targets", 1),
            Text("aggregate_function", aggregate),
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
    /// <param name="features">Number of columns of the node's input, where it is known.</param>
    /// <exception cref="ArtifactException">The lists contradict each other, do not spell trees, or split on a column that is not there.</exception>
    public static Tree[] Read(NodeProto node, int target, int features = int.MaxValue)
    {
        try
        {
            Tree[] trees = new TreeAttributes(node).Trees(target);
            int worst = trees.SelectMany(tree => tree.Feature).DefaultIfEmpty(Tree.Leaf).MaxBy(feature => feature < Tree.Leaf ? int.MaxValue : feature);
            return worst is >= Tree.Leaf && worst < features
                ? trees
                : throw new ArgumentException($"a node splits on feature {worst}, the input has {features}");
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            throw new ArtifactException(ArtifactProblem.UnsupportedModel, $"The trees of model.onnx are not sound: {e.Message}. Export the model again.", e);
        }
    }
}
