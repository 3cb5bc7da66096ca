using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>Answer of <c>GET /v1/transactions/{id}</c>: one transaction, its decision, why, and where the proof is.</summary>
/// <param name="Id">Our id (UUIDv7).</param>
/// <param name="Namespace">The tenant.</param>
/// <param name="Source">Where it came from; with the namespace, what <paramref name="TransactionId"/> is unique in.</param>
/// <param name="TransactionId">The client's id.</param>
/// <param name="Account">Whose transaction it is.</param>
/// <param name="Counterparty">The other side.</param>
/// <param name="Type">Canonical type.</param>
/// <param name="Amount">Absolute amount in <paramref name="Currency"/>.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Direction"><c>debit</c> or <c>credit</c>.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="ReceivedAt">When it was taken in, UTC.</param>
/// <param name="Meta">The client's own object.</param>
/// <param name="Decision">The decision of record.</param>
/// <param name="Features">Feature values by catalogue name, as they were scored.</param>
/// <param name="Explanation">Why the model gave this score; absent where no model scored.</param>
/// <param name="TraceId">W3C trace id of the request that scored it.</param>
/// <param name="Audit">The leaf of the audit log that proves this decision.</param>
/// <param name="EffectiveDecision">What holds now: the last override, else the decision of record.</param>
/// <param name="Overrides">What people decided otherwise, the first first.</param>
public sealed record TransactionDetail(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("namespace")] string Namespace,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("transaction_id")] string TransactionId,
    [property: JsonPropertyName("account")] string? Account,
    [property: JsonPropertyName("counterparty")] string? Counterparty,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("amount")] decimal Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("received_at")] DateTimeOffset ReceivedAt,
    [property: JsonPropertyName("meta")] JsonElement? Meta,
    [property: JsonPropertyName("decision")] DecisionDetail Decision,
    [property: JsonPropertyName("features")] IReadOnlyDictionary<string, double> Features,
    [property: JsonPropertyName("explanation")] ExplanationDetail? Explanation,
    [property: JsonPropertyName("trace_id")] string TraceId,
    [property: JsonPropertyName("audit")] AuditReference Audit,
    [property: JsonPropertyName("effective_decision")] Decision EffectiveDecision,
    [property: JsonPropertyName("overrides")] IReadOnlyList<OverrideDetail> Overrides);

/// <summary>A person decided otherwise; the decision of record stays as it was made.</summary>
/// <param name="Id">The override's own id.</param>
/// <param name="From">What held before.</param>
/// <param name="To">What holds from then on.</param>
/// <param name="Note">Why.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When, UTC.</param>
/// <param name="ApprovedBy">Who agreed, in that order; empty where nobody had to.</param>
/// <param name="LeafId">The leaf that proves it.</param>
public sealed record OverrideDetail(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("from")] Decision From,
    [property: JsonPropertyName("to")] Decision To,
    [property: JsonPropertyName("note")] string Note,
    [property: JsonPropertyName("by")] string By,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("approved_by")] IReadOnlyList<string> ApprovedBy,
    [property: JsonPropertyName("leaf_id")] Guid LeafId);

/// <summary>What was decided, by what, for which reasons.</summary>
/// <param name="Decision">What is done with the transaction.</param>
/// <param name="AnomalyScore">Calibrated score in 0..1; null where no model scored.</param>
/// <param name="Margin">The raw margin behind the score.</param>
/// <param name="RiskLevel">The decision in one word.</param>
/// <param name="Reasons">Why, the strongest first.</param>
/// <param name="DecidedAt">When, UTC.</param>
/// <param name="Model">Which model version scored; null where none did.</param>
/// <param name="Thresholds">The scores from which on a person reviews or it is blocked, as they were then; null where no model scored.</param>
/// <param name="Rules">Digest of the rule set that was asked: <c>GET /v1/rules/sets/{digest}</c>; absent where there were no rules.</param>
public sealed record DecisionDetail(
    [property: JsonPropertyName("decision")] Decision Decision,
    [property: JsonPropertyName("anomaly_score")] double? AnomalyScore,
    [property: JsonPropertyName("margin")] double? Margin,
    [property: JsonPropertyName("risk_level")] RiskLevel RiskLevel,
    [property: JsonPropertyName("reasons")] IReadOnlyList<ReasonDetail> Reasons,
    [property: JsonPropertyName("decided_at")] DateTimeOffset DecidedAt,
    [property: JsonPropertyName("model")] ModelReference? Model,
    [property: JsonPropertyName("thresholds")] ThresholdDetail? Thresholds,
    [property: JsonPropertyName("rules"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rules = null);

/// <summary>The scores that a decision was made with; another threshold later changes nothing of it.</summary>
/// <param name="ReviewAt">From here on a person reviews.</param>
/// <param name="BlockAt">From here on it is blocked.</param>
public sealed record ThresholdDetail(
    [property: JsonPropertyName("review_at")] double ReviewAt,
    [property: JsonPropertyName("block_at")] double BlockAt);

/// <summary>One reason.</summary>
/// <param name="Code">A word for programs.</param>
/// <param name="Feature">Catalogue name of the feature behind it; empty where there is none.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Contribution">What the feature added to the margin; 0 where a rule said it.</param>
/// <param name="Rule">The rule that said it; absent where the model did.</param>
public sealed record ReasonDetail(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("contribution")] double Contribution,
    [property: JsonPropertyName("rule"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleReference? Rule = null);

/// <summary>A rule as it was when it was asked.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Regulation">What asks for it: a law by paragraph, or internal policy.</param>
/// <param name="Outcome"><c>manual_review</c>, <c>block</c>, <c>silenced</c> by an allow list, or <c>allow</c>.</param>
public sealed record RuleReference(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("regulation")] string Regulation,
    [property: JsonPropertyName("outcome")] string Outcome);

/// <summary>A model version and the engine that computed it.</summary>
/// <param name="Name">Model.</param>
/// <param name="Version">Version.</param>
/// <param name="Digest">Content address of the artifact: <c>sha256:</c> and 64 hex digits.</param>
/// <param name="EngineFingerprint">Runtime, instruction set, artifact and feature code: with the same one, a replay is bit-equal.</param>
public sealed record ModelReference(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("digest")] string Digest,
    [property: JsonPropertyName("engine_fingerprint")] string EngineFingerprint);

/// <summary>An explanation in margin units: <c>base + Σ contribution = margin</c>; the margin is then calibrated to the score.</summary>
/// <param name="Method"><c>tree_shap_exact</c>, <c>unavailable</c> or <c>failed</c>.</param>
/// <param name="Base">The margin where nothing is known of a transaction.</param>
/// <param name="Contributions">One per feature, the largest first.</param>
/// <param name="Margin">Where they add up to.</param>
/// <param name="Score">What the margin is calibrated to.</param>
/// <param name="Reason">Why there is none; otherwise null.</param>
public sealed record ExplanationDetail(
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("base")] double Base,
    [property: JsonPropertyName("contributions")] IReadOnlyList<ContributionDetail> Contributions,
    [property: JsonPropertyName("margin")] double Margin,
    [property: JsonPropertyName("score")] double Score,
    [property: JsonPropertyName("reason")] string? Reason);

/// <summary>One feature's part in the margin.</summary>
/// <param name="Feature">Catalogue name.</param>
/// <param name="Value">The feature's value.</param>
/// <param name="Contribution">Forest and reconstruction together; positive raises the score.</param>
/// <param name="Forest">The isolation forest's share: an exact SHAP value, weighted.</param>
/// <param name="Reconstruction">The autoencoder's share: a decomposition of its error, not a Shapley value.</param>
public sealed record ContributionDetail(
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("contribution")] double Contribution,
    [property: JsonPropertyName("forest")] double Forest,
    [property: JsonPropertyName("reconstruction")] double Reconstruction);

/// <summary>Where a decision stands in the audit log.</summary>
/// <param name="LeafId">The leaf.</param>
/// <param name="Index">Its place in the tree; null while <paramref name="Status"/> is <c>pending</c>.</param>
/// <param name="Status"><c>pending</c> (for at most a second) or <c>integrated</c>.</param>
/// <param name="Leaf">Path of the leaf.</param>
/// <param name="Proof">Path of the inclusion proof.</param>
public sealed record AuditReference(
    [property: JsonPropertyName("leaf_id")] Guid LeafId,
    [property: JsonPropertyName("index")] long? Index,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("leaf")] string Leaf,
    [property: JsonPropertyName("proof")] string Proof);

/// <summary>One page of a list, newest first.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page.</param>
/// <param name="Next">Send it back as <c>cursor</c> for the next page; null on the last.</param>
public sealed record Page<T>(
    [property: JsonPropertyName("items")] IReadOnlyList<T> Items,
    [property: JsonPropertyName("next")] string? Next);

/// <summary>A transaction in a list.</summary>
/// <param name="Id">Our id.</param>
/// <param name="TransactionId">The client's id.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Account">Whose transaction it is.</param>
/// <param name="Counterparty">The other side.</param>
/// <param name="Type">Canonical type.</param>
/// <param name="Amount">Absolute amount.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Direction"><c>debit</c> or <c>credit</c>.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="ReceivedAt">When it was taken in.</param>
/// <param name="Decision">What is done with it.</param>
/// <param name="AnomalyScore">Calibrated score; null where no model scored.</param>
/// <param name="RiskFactors">Reasons in words.</param>
/// <param name="ModelVersion">Name and version of the model.</param>
public sealed record TransactionSummary(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("transaction_id")] string TransactionId,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("account")] string? Account,
    [property: JsonPropertyName("counterparty")] string? Counterparty,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("amount")] decimal Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("received_at")] DateTimeOffset ReceivedAt,
    [property: JsonPropertyName("decision")] Decision Decision,
    [property: JsonPropertyName("anomaly_score")] double? AnomalyScore,
    [property: JsonPropertyName("risk_factors")] IReadOnlyList<string> RiskFactors,
    [property: JsonPropertyName("model_version")] string ModelVersion);
