using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Artifacts;

/// <summary>Exact SHAP values for a foreign model that is one tree ensemble from its input to its score; for any other the answer says why there are none.</summary>
/// <remarks>Cover comes from <c>nodes_hitrates</c> where they add up, else from the manifest's reference sample.</remarks>
internal sealed class ForeignTreeExplainer
{
    /// <summary>Bound on |base + Σ contributions - output| relative to max(1, |output|): the output is a float32 sum.</summary>
    public const double Tolerance = 1e-5;

    private readonly TreeShap? _shap;
    private readonly double _offset;
    private readonly double _scale;
    private readonly string? _unavailable;

    private ForeignTreeExplainer(string reason) => _unavailable = reason;

    private ForeignTreeExplainer(TreeShap shap, double offset, double scale)
    {
        _shap = shap;
        _offset = offset;
        _scale = scale;
    }

    /// <summary>Looks for the tree node that makes the score output.</summary>
    public static ForeignTreeExplainer Create(ModelProto model, string output, int column, ModelManifest manifest)
    {
        NodeProto? node = TreeNodes.Find(model.Graph).FirstOrDefault(n => n.Output.Contains(output));
        if (node is null || node.Input.Count != 1 || !model.Graph.Input.Any(input => input.Name == node.Input[0]))
        {
            return new ForeignTreeExplainer("Exact SHAP values need a tree ensemble (TreeEnsembleRegressor or TreeEnsembleClassifier) straight from the input to the score; this model is another graph.");
        }

        var attributes = new TreeAttributes(node);
        if (attributes.PostTransform != "NONE" || attributes.Aggregate is not ("SUM" or "AVERAGE"))
        {
            return new ForeignTreeExplainer(
                $"Exact SHAP values need a plain sum of trees; this model has aggregate {attributes.Aggregate} and post-transform {attributes.PostTransform}.");
        }

        if (attributes.UnorderedMode is { } mode)
        {
            return new ForeignTreeExplainer($"Exact SHAP values need order comparisons in every split; this model has {mode}.");
        }

        if (attributes.Column(column) is not var (target, sign, offset))
        {
            return new ForeignTreeExplainer("Exact SHAP values need at most one base value where a classifier of two classes weighs towards one of them.");
        }

        int features = manifest.Features.Names.Length;
        Tree[] trees = TreeNodes.Read(node, target, features);
        if (trees.Any(tree => tree.Cover.Length == 0))
        {
            if (manifest.Reference is not { Sample.Rows: > 0 } reference)
            {
                return new ForeignTreeExplainer("The trees carry no counts (nodes_hitrates) and the manifest has no reference sample to count on.");
            }

            trees = TreeCover.Count(trees, reference.Sample.ToRows(), features);
        }

        double scale = attributes.Aggregate == "AVERAGE" ? sign / trees.Length : sign;
        return new ForeignTreeExplainer(new TreeShap(trees, features), offset, scale);
    }

    /// <summary>Explains a row whose margin (output × sign) is known.</summary>
    public ScoreExplanation Explain(ReadOnlySpan<float> row, double margin, double score, double sign)
    {
        if (_shap is null)
        {
            return new ScoreExplanation(ExplanationMethod.Unavailable, 0, [], [], [], margin, score, _unavailable);
        }

        var contributions = new double[row.Length];
        _shap.Explain(row, contributions);
        double expected = sign * (_offset + (_scale * _shap.ExpectedValue));
        double total = expected;
        foreach (ref double contribution in contributions.AsSpan())
        {
            contribution *= sign * _scale;
            total += contribution;
        }

        string? failure = Additivity.Check(total, margin, Tolerance);
        ExplanationMethod method = failure is null ? ExplanationMethod.TreeShapExact : ExplanationMethod.Failed;
        return new ScoreExplanation(method, expected, contributions, contributions, [], margin, score, failure);
    }
}
