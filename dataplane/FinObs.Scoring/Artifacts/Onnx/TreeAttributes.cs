using FinObs.Scoring.Trees;
using Google.Protobuf.Collections;

namespace FinObs.Scoring.Artifacts.Onnx;

/// <summary>The parallel lists of one tree node, and the trees they spell.</summary>
/// <remarks>For float inputs every order comparison is an interval test: x &lt; t is x &lt;= the float before t, and x &gt; t is its opposite with the children exchanged.</remarks>
internal sealed class TreeAttributes
{
    private readonly Dictionary<string, AttributeProto> _attributes;
    private readonly string _prefix;
    private readonly RepeatedField<long> _treeIds;
    private readonly RepeatedField<long> _nodeIds;
    private readonly RepeatedField<long> _features;
    private readonly RepeatedField<float> _thresholds;
    private readonly RepeatedField<long> _true;
    private readonly RepeatedField<long> _false;
    private readonly RepeatedField<float> _cover;
    private readonly string[] _modes;

    /// <summary>Reads the lists of a tree node; nothing is checked yet.</summary>
    public TreeAttributes(NodeProto node)
    {
        _attributes = node.Attribute.GroupBy(a => a.Name).ToDictionary(g => g.Key, g => g.Last());
        _prefix = node.OpType == TreeNodes.Classifier ? "class" : "target";
        _treeIds = Ints("nodes_treeids");
        _nodeIds = Ints("nodes_nodeids");
        _features = Ints("nodes_featureids");
        _thresholds = Floats("nodes_values");
        _true = Ints("nodes_truenodeids");
        _false = Ints("nodes_falsenodeids");
        _cover = Floats("nodes_hitrates");
        _modes = [.. Get("nodes_modes").Strings.Select(s => s.ToStringUtf8())];
    }

    /// <summary>How the trees' values are put together: SUM (the default), AVERAGE, MIN or MAX.</summary>
    public string Aggregate => TextOr("aggregate_function", "SUM");

    /// <summary>What is applied to the sum: NONE (the default), LOGISTIC, SOFTMAX, …</summary>
    public string PostTransform => TextOr("post_transform", "NONE");

    /// <summary>A split mode that is no order comparison (BRANCH_EQ, BRANCH_NEQ, or unknown), or <see langword="null"/>: such trees have no intervals to explain by.</summary>
    public string? UnorderedMode => _modes.FirstOrDefault(mode => mode is not ("LEAF" or "BRANCH_LEQ" or "BRANCH_LT" or "BRANCH_GT" or "BRANCH_GTE"));

    /// <summary>How a column of the output follows from the trees: offset + scale × the sum of the weights towards a target. <see langword="null"/> where it does not.</summary>
    /// <remarks>A two-class classifier may weigh towards one class only. ONNX Runtime then gives the sum to column 1 and to column 0 what is left:
    /// 1 - sum where every weight is a share (at least 0), else -sum.</remarks>
    public (int Target, double Scale, double Offset)? Column(int column)
    {
        RepeatedField<long> ids = Ints("class_ids");
        bool isOneOfTwo = _prefix == "class" && Math.Max(Ints("classlabels_int64s").Count, Get("classlabels_strings").Strings.Count) == 2 && ids.Distinct().Count() == 1;
        if (!isOneOfTwo)
        {
            return (column, 1, BaseValue(column));
        }

        if (Floats("base_values").Count > 1)
        {
            return null;
        }

        double whole = Floats("class_weights").All(weight => weight >= 0) ? 1 : 0;
        return column == 1 ? ((int)ids[0], 1, BaseValue(0)) : ((int)ids[0], -1, whole - BaseValue(0));
    }

    private double BaseValue(int target) => target < Floats("base_values").Count ? Floats("base_values")[target] : 0;

    /// <summary>The trees in the order in which they first appear.</summary>
    public Tree[] Trees(int target)
    {
        int count = _treeIds.Count;
        if (_nodeIds.Count != count || _features.Count != count || _thresholds.Count != count || _true.Count != count || _false.Count != count || _modes.Length != count)
        {
            throw new ArgumentException("the node lists differ in length");
        }

        Dictionary<(long, long), double> weights = Weights(target);
        return [.. Enumerable.Range(0, count).GroupBy(i => _treeIds[i]).Select(nodes => Build(nodes.Key, [.. nodes], weights))];
    }

    private Tree Build(long treeId, int[] nodes, Dictionary<(long, long), double> weights)
    {
        Dictionary<long, int> place = Places(nodes);
        var feature = new int[nodes.Length];
        var threshold = new float[nodes.Length];
        var left = new int[nodes.Length];
        var right = new int[nodes.Length];
        var value = new double[nodes.Length];
        var cover = new double[_cover.Count == _treeIds.Count ? nodes.Length : 0];
        for (int i = 0; i < nodes.Length; i++)
        {
            int at = nodes[i];
            if (cover.Length > 0)
            {
                cover[i] = _cover[at];
            }

            if (_modes[at] == "LEAF")
            {
                feature[i] = Tree.Leaf;
                value[i] = weights.GetValueOrDefault((treeId, _nodeIds[at]));
                continue;
            }

            feature[i] = checked((int)_features[at]);
            (threshold[i], bool exchanged) = Split(_modes[at], _thresholds[at]);
            left[i] = place[exchanged ? _false[at] : _true[at]];
            right[i] = place[exchanged ? _true[at] : _false[at]];
        }

        // Files without real counts carry ones or zeros: no cover, since a parent's must be its children's sum.
        var tree = new Tree(feature, threshold, left, right, value, cover);
        return CoverAddsUp(tree) ? tree : tree.With(value, []);
    }

    /// <summary>Row of each node id, with the root (the node that is nobody's child) first, as a <see cref="Tree"/> wants it.</summary>
    private Dictionary<long, int> Places(int[] nodes)
    {
        HashSet<long> children = [.. nodes.Where(i => _modes[i] != "LEAF").SelectMany(i => new[] { _true[i], _false[i] })];
        int root = Array.FindIndex(nodes, i => !children.Contains(_nodeIds[i]));
        if (root < 0)
        {
            throw new ArgumentException("a tree has no root");
        }

        (nodes[0], nodes[root]) = (nodes[root], nodes[0]);
        var place = new Dictionary<long, int>();
        for (int i = 0; i < nodes.Length; i++)
        {
            place.Add(_nodeIds[nodes[i]], i);
        }

        return place;
    }

    private Dictionary<(long Tree, long Node), double> Weights(int target)
    {
        RepeatedField<long> trees = Ints(_prefix + "_treeids"), nodes = Ints(_prefix + "_nodeids"), ids = Ints(_prefix + "_ids");
        RepeatedField<float> weights = Floats(_prefix + "_weights");
        var sums = new Dictionary<(long, long), double>();
        for (int i = 0; i < weights.Count; i++)
        {
            if (ids[i] == target)
            {
                sums[(trees[i], nodes[i])] = sums.GetValueOrDefault((trees[i], nodes[i])) + weights[i];
            }
        }

        return sums;
    }

    private static (float Threshold, bool Exchanged) Split(string mode, float value) => mode switch
    {
        "BRANCH_LT" => (MathF.BitDecrement(value), false),
        "BRANCH_GT" => (value, true),
        "BRANCH_GTE" => (MathF.BitDecrement(value), true),
        _ => (value, false),
    };

    private static bool CoverAddsUp(Tree tree)
    {
        for (int node = 0; node < tree.Cover.Length; node++)
        {
            double cover = tree.Cover[node];
            if (!(cover > 0) || (!tree.IsLeaf(node) && Math.Abs(tree.Cover[tree.Left[node]] + tree.Cover[tree.Right[node]] - cover) > 1e-4 * cover))
            {
                return false;
            }
        }

        return true;
    }

    private AttributeProto Get(string name) =>
        _attributes.TryGetValue(name, out AttributeProto? attribute) ? attribute : new AttributeProto { Name = name };

    private RepeatedField<long> Ints(string name) => Get(name).Ints;

    private RepeatedField<float> Floats(string name) => Get(name).Floats;

    private string TextOr(string name, string missing) => _attributes.TryGetValue(name, out AttributeProto? text) ? text.S.ToStringUtf8() : missing;
}
