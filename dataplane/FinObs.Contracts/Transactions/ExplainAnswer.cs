using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>Answer of <c>POST /agent/compliance/explain</c>: why a transaction would have its score. Nothing is stored.</summary>
/// <param name="AnomalyScore">Calibrated score in 0..1.</param>
/// <param name="BaseValue">The margin where nothing is known of a transaction.</param>
/// <param name="ModelOutput">The margin: <c>base_value</c> + Σ <c>shap_value</c>. Higher is more anomalous.</param>
/// <param name="ModelVersion">Name and version of the model.</param>
/// <param name="Method">How the explanation was made: <c>tree_shap_exact</c>, <c>unavailable</c>, <c>failed</c>.</param>
/// <param name="Features">Every feature, the largest contribution first.</param>
/// <param name="TopRiskFactors">Names of up to three features that raise the score most.</param>
/// <param name="TopSafeFactors">Names of up to three features that lower it most.</param>
/// <param name="Waterfall">The same numbers as steps from the base to the margin.</param>
/// <param name="Reason">Why there is no explanation; otherwise absent.</param>
public sealed record ExplainAnswer(
    [property: JsonPropertyName("anomaly_score")] double AnomalyScore,
    [property: JsonPropertyName("base_value")] double BaseValue,
    [property: JsonPropertyName("model_output")] double ModelOutput,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("features")] IReadOnlyList<ExplainFeature> Features,
    [property: JsonPropertyName("top_risk_factors")] IReadOnlyList<string> TopRiskFactors,
    [property: JsonPropertyName("top_safe_factors")] IReadOnlyList<string> TopSafeFactors,
    [property: JsonPropertyName("waterfall")] ExplainWaterfall Waterfall,
    [property: JsonPropertyName("reason"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);

/// <summary>One feature's part in a score.</summary>
/// <param name="Feature">Catalogue name with its version.</param>
/// <param name="Value">The feature's value for this transaction.</param>
/// <param name="ShapValue">Its contribution in margin units; positive raises the score.</param>
/// <param name="Direction"><c>risk_increasing</c> or <c>risk_decreasing</c>.</param>
/// <param name="AbsImportance">|contribution|.</param>
public sealed record ExplainFeature(
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("shap_value")] double ShapValue,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("abs_importance")] double AbsImportance);

/// <summary>Steps from the base to the margin: <c>base + Σ contribution = final</c>.</summary>
/// <param name="Base">Where the steps begin.</param>
/// <param name="Steps">The largest first.</param>
/// <param name="Final">Where they end: the margin.</param>
public sealed record ExplainWaterfall(
    [property: JsonPropertyName("base")] double Base,
    [property: JsonPropertyName("steps")] IReadOnlyList<ExplainStep> Steps,
    [property: JsonPropertyName("final")] double Final);

/// <summary>One step of a waterfall.</summary>
/// <param name="Feature">Catalogue name.</param>
/// <param name="Contribution">Its height in margin units.</param>
public sealed record ExplainStep(
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("contribution")] double Contribution);

/// <summary>Answer of <c>POST /agent/compliance/explain-batch</c>: which features matter over many transactions.</summary>
/// <param name="TransactionCount">Transactions explained.</param>
/// <param name="ModelVersion">Name and version of the model.</param>
/// <param name="FeatureImportance">Every feature, the largest first.</param>
public sealed record ExplainBatchAnswer(
    [property: JsonPropertyName("n_transactions")] int TransactionCount,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("feature_importance")] IReadOnlyList<FeatureImportance> FeatureImportance);

/// <summary>Mean absolute contribution of a feature over a batch.</summary>
/// <param name="Feature">Catalogue name.</param>
/// <param name="MeanAbsShap">Mean of |contribution| in margin units.</param>
public sealed record FeatureImportance(
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("mean_abs_shap")] double MeanAbsShap);
