using System.Text.Json.Serialization;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Artifacts;

/// <summary>Who evaluates a model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelFormat>))]
public enum ModelFormat
{
    /// <summary>Our forest and autoencoder in one ONNX graph: evaluated by our own code in double, the file is checked against it.</summary>
    OnnxEnsemble = 0,

    /// <summary>Any other ONNX model: evaluated by ONNX Runtime.</summary>
    Onnx = 1,

    /// <summary>No model at all, only what must be known of one that another server runs: its schema, thresholds and how to ask it. <c>model.onnx</c> is empty.</summary>
    OpenInference = 2,
}

/// <summary><c>manifest.json</c> of an artifact.</summary>
/// <param name="Model">Name of the model, DNS-1123.</param>
/// <param name="Version">Semantic version.</param>
/// <param name="Features">Feature schema; column order of the ONNX input.</param>
public sealed record ModelManifest(string Model, string Version, FeatureSchema Features)
{
    /// <summary>Who evaluates the model.</summary>
    [JsonRequired]
    public ModelFormat Format { get; init; }

    /// <summary>From which score on a transaction is reviewed or blocked. Foreign models must state theirs.</summary>
    [JsonPropertyName("thresholds")]
    public DecisionThresholds? DeclaredThresholds { get; init; }

    /// <summary>The thresholds in force: those declared, else the defaults of a calibrated score.</summary>
    [JsonIgnore]
    public DecisionThresholds Thresholds => DeclaredThresholds ?? DecisionThresholds.Default;

    /// <summary>Weights of our ensemble; <see langword="null"/> for foreign models.</summary>
    public EnsembleParameters? Ensemble { get; init; }

    /// <summary>Map from margin to score. A foreign model may go without: its output is then the score.</summary>
    public ScoreCalibration? Calibration { get; init; }

    /// <summary>Which output of a foreign model is the score; <see langword="null"/> where there is only one.</summary>
    public ScoreOutput? Output { get; init; }

    /// <summary>How another server is asked; only with <see cref="ModelFormat.OpenInference"/>.</summary>
    public ServerReference? Server { get; init; }

    /// <summary>Where the model comes from.</summary>
    public TrainingProvenance? Training { get; init; }

    /// <summary>Frozen statistics of the training window, the reference of every later drift test.</summary>
    public ReferenceStatistics? Reference { get; init; }

    /// <summary>SHA-256 of the other files of the artifact by name, <c>sha256:</c> and 64 hex digits.</summary>
    public SortedDictionary<string, string>? Files { get; init; }
}

/// <summary>Scores from which on a transaction is flagged. On a calibrated score a threshold t is an alert rate of 1 - t.</summary>
/// <param name="ReviewAt">A person looks at it.</param>
/// <param name="BlockAt">It is held; at least <paramref name="ReviewAt"/>.</param>
public sealed record DecisionThresholds(double ReviewAt, double BlockAt)
{
    /// <summary>Review 1 % of transactions like the training window's, block 0.1 %.</summary>
    public static DecisionThresholds Default { get; } = new(0.99, 0.999);
}

/// <summary>Which output of a foreign model is the score.</summary>
/// <param name="Name">Name of the ONNX output, float or double, [N] or [N, C].</param>
/// <param name="Column">Column of an [N, C] output.</param>
/// <param name="LowerIsAnomalous">The sign is turned, so that margins and scores are the negated output; thresholds are compared with those.</param>
public sealed record ScoreOutput(string? Name = null, int Column = 0, bool LowerIsAnomalous = false);

/// <summary>A model on a server that speaks the Open Inference Protocol. Where the server is does not belong here: it may move.</summary>
/// <param name="Model">Its name there.</param>
/// <param name="Version">Its version there; empty = the server chooses.</param>
/// <param name="Input">Name of its FP32 [N, F] input.</param>
/// <param name="Explains">It gives <c>shap_values</c> [N, F] and <c>shap_base</c> [N] as FinObs defines them.</param>
public sealed record ServerReference(string Model, string Version = "", string Input = "features", bool Explains = false);

/// <summary>Where a model comes from.</summary>
/// <param name="Source">What it was trained on, in words or a file name.</param>
/// <param name="DataDigest">SHA-256 of the training data as the caller had it, <c>sha256:</c> and 64 hex digits.</param>
/// <param name="TrainedAt">When, UTC: passed in, so that a repeated training gives the same bytes.</param>
/// <param name="CodeVersion">Version or commit of the training code.</param>
public sealed record TrainingProvenance(string Source, string DataDigest, DateTimeOffset TrainedAt, string CodeVersion)
{
    /// <summary>SHA-256 of the N × F feature values (float32, little-endian) that were trained on; set by the trainer.</summary>
    public string? RowsDigest { get; init; }

    /// <summary>N; set by the trainer.</summary>
    public int Rows { get; init; }

    /// <summary>Options of the training, seed included; set by the trainer.</summary>
    public EnsembleOptions? Options { get; init; }

    /// <summary>Metrics of the evaluation by name (<c>auc</c>, <c>ap</c>, <c>recall_at_1pct</c>).</summary>
    public SortedDictionary<string, double>? Metrics { get; init; }
}
