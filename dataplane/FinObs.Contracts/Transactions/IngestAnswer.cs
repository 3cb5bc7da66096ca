using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>Answer of <c>POST /webhooks/transactions</c> to one object or an array.</summary>
/// <param name="Ingested">Items that are stored: scored now, or already stored by an earlier delivery of the same item.</param>
/// <param name="Flagged">Those of them whose decision is <c>manual_review</c> or <c>block</c>.</param>
/// <param name="TotalAmount">Sum of the amounts of the ingested items as they were sent, whatever their currency.</param>
/// <param name="Results">One entry an item, in the order of the request.</param>
/// <param name="TotalsByCurrency">The same sum per ISO 4217 code; only where the items have more than one currency.</param>
/// <param name="IgnoredFields">Names of fields that nothing here reads (at most 20); only where there are some.</param>
/// <param name="LeftOut">Of a foreign sender's webhook: what was not taken, and why; only where there is something.</param>
public sealed record IngestAnswer(
    [property: JsonPropertyName("ingested")] int Ingested,
    [property: JsonPropertyName("flagged")] int Flagged,
    [property: JsonPropertyName("total_amount")] decimal TotalAmount,
    [property: JsonPropertyName("results")] IReadOnlyList<IngestItem> Results,
    [property: JsonPropertyName("totals_by_currency"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, decimal>? TotalsByCurrency = null,
    [property: JsonPropertyName("ignored_fields"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? IgnoredFields = null,
    [property: JsonPropertyName("left_out"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? LeftOut = null);

/// <summary>What became of one item: a <see cref="TransactionResult"/>, or a <see cref="TransactionItemError"/> (it alone has an <c>error</c>).</summary>
[JsonDerivedType(typeof(TransactionResult))]
[JsonDerivedType(typeof(TransactionItemError))]
public abstract record IngestItem;

/// <summary>The decision on one transaction. Re-sending the transaction gives the same bytes: nothing here depends on the request.</summary>
/// <param name="TransactionId">The client's id, or the one given here where it sent none.</param>
/// <param name="Decision">What is done with it.</param>
/// <param name="AnomalyScore">Calibrated score in 0..1, rounded to 1e-6: 0.99 means that 1 % of the reference window scored higher. Not a probability. Null where no model could score.</param>
/// <param name="RiskLevel">The decision in one word.</param>
/// <param name="RiskFactors">Reasons in words, the strongest first.</param>
/// <param name="ModelVersion">Name and version of the model that scored it.</param>
/// <param name="Stored">True once it is committed; every answer comes after its commit.</param>
/// <param name="Source">Where it came from: <c>webhook</c>, <c>monitor</c>, <c>import</c>, …</param>
/// <param name="TraceId">W3C trace id of the request that scored it, 32 hex digits.</param>
/// <param name="Id">Our id (UUIDv7): <c>GET /v1/transactions/{id}</c>.</param>
/// <param name="Regulation">What asks for the rules that hit, separated by semicolons; absent where none did.</param>
public sealed record TransactionResult(
    [property: JsonPropertyName("transaction_id")] string TransactionId,
    [property: JsonPropertyName("decision")] Decision Decision,
    [property: JsonPropertyName("anomaly_score")] double? AnomalyScore,
    [property: JsonPropertyName("risk_level")] RiskLevel RiskLevel,
    [property: JsonPropertyName("risk_factors")] IReadOnlyList<string> RiskFactors,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("stored")] bool Stored,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("trace_id")] string TraceId,
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("regulation"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Regulation = null) : IngestItem;

/// <summary>Why one item was not stored. The other items of the request are not affected.</summary>
/// <param name="Index">Place of the item in the request, from 0.</param>
/// <param name="TransactionId">The id it was sent with, where one could be read.</param>
/// <param name="Error">A sentence that says what to do.</param>
/// <param name="Code">A word for programs, for example <c>amount_not_positive</c>; docs/ingestion.md lists them.</param>
public sealed record TransactionItemError(
    [property: JsonPropertyName("index")] long Index,
    [property: JsonPropertyName("transaction_id")] string? TransactionId,
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("code")] string Code) : IngestItem;

/// <summary>Last line of the answer to an NDJSON request: the totals, and what went wrong if the stream ended early.</summary>
/// <param name="Ingested">Items that are stored.</param>
/// <param name="Flagged">Those of them whose decision is <c>manual_review</c> or <c>block</c>.</param>
/// <param name="TotalAmount">Sum of the amounts of the ingested items as they were sent, whatever their currency.</param>
/// <param name="Replayed">Ingested items that an earlier request had stored already.</param>
/// <param name="Rejected">Items answered with an error.</param>
/// <param name="TotalsByCurrency">The sum per ISO 4217 code; only where the items have more than one currency.</param>
/// <param name="IgnoredFields">Names of fields that nothing here reads (at most 20); only where there are some.</param>
/// <param name="Error">Why the stream ended before its end: a sentence that says what to do.</param>
/// <param name="Code">The same as a word for programs.</param>
public sealed record IngestSummary(
    [property: JsonPropertyName("ingested")] long Ingested,
    [property: JsonPropertyName("flagged")] long Flagged,
    [property: JsonPropertyName("total_amount")] decimal TotalAmount,
    [property: JsonPropertyName("replayed")] long Replayed,
    [property: JsonPropertyName("rejected")] long Rejected,
    [property: JsonPropertyName("totals_by_currency"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, decimal>? TotalsByCurrency = null,
    [property: JsonPropertyName("ignored_fields"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? IgnoredFields = null,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonPropertyName("code"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null);
