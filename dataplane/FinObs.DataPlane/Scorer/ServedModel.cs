using FinObs.DataPlane.Inference;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Scorer;

/// <summary>A tensor of the model's interface; -1 in its shape = any size.</summary>
internal sealed record TensorSpec(string Name, string Datatype, long[] Shape);

/// <summary>The loaded model and what it can be asked for.</summary>
internal sealed class ServedModel : IDisposable
{
    public ServedModel(IScoringModel scorer)
    {
        Scorer = scorer;
        int features = scorer.FeatureCount;
        Inputs = [new(TensorNames.Features, Datatypes.Float, [-1, features])];

        // A model that cannot be explained says so in its metadata, not with its first customer.
        bool explains = scorer.Explain(new float[features]).Method != ExplanationMethod.Unavailable;
        Outputs = [.. OutputsOf(scorer, features, explains)];
    }

    public const string ServerName = "finobs-scorer";

    public static string ServerVersion { get; } = typeof(ServedModel).Assembly.GetName().Version!.ToString(3);

    public static IReadOnlyList<string> Extensions { get; } = ["binary_tensor_data"];

    public static IReadOnlyList<string> DefaultOutputs { get; } = [TensorNames.Margin, TensorNames.Score];

    public IScoringModel Scorer { get; }

    public string Name => Scorer.Manifest.Model;

    public string Version => Scorer.Manifest.Version;

    /// <summary>Ours gives no score for a row with a value that is not finite; a foreign model may read NaN as "missing".</summary>
    public bool NeedsFiniteRows => Scorer is EnsembleModel;

    public string Platform => Scorer is EnsembleModel ? "finobs_ensemble" : "onnx_onnxruntime";

    public TensorSpec[] Inputs { get; }

    public TensorSpec[] Outputs { get; }

    /// <summary>An empty version is any.</summary>
    public bool Answers(string name, string version) => name == Name && (version.Length == 0 || version == Version);

    public void Dispose() => Scorer.Dispose();

    private static IEnumerable<TensorSpec> OutputsOf(IScoringModel scorer, long features, bool explains)
    {
        long[] vector = [-1], matrix = [-1, features];
        yield return new(TensorNames.Margin, Datatypes.Double, vector);
        yield return new(TensorNames.Score, Datatypes.Double, vector);
        if (scorer.Manifest.Format == ModelFormat.OnnxEnsemble)
        {
            yield return new(TensorNames.ForestTerm, Datatypes.Double, vector);
            yield return new(TensorNames.ReconstructionError, Datatypes.Double, matrix);
        }

        if (explains)
        {
            yield return new(TensorNames.ShapValues, Datatypes.Double, matrix);
            yield return new(TensorNames.ShapBase, Datatypes.Double, vector);
        }

        if (explains && scorer.Manifest.Format == ModelFormat.OnnxEnsemble)
        {
            yield return new(TensorNames.ForestContributions, Datatypes.Double, matrix);
            yield return new(TensorNames.ReconstructionContributions, Datatypes.Double, matrix);
        }
    }
}
