using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>Answer of <c>POST /agent/compliance/monitor</c>.</summary>
/// <param name="Action">What is done with the transaction.</param>
/// <param name="Confidence">How far the score lies from the nearest threshold, 0..100: not a probability.</param>
/// <param name="Reasoning">Why, in words.</param>
/// <param name="Alternatives">The other actions and why they were not taken.</param>
/// <param name="AuditTrail">Under which rule the record is kept.</param>
/// <param name="TransactionId">The client's id, or the one given here where it sent none.</param>
/// <param name="AnomalyScore">Calibrated score in 0..1; null where no model could score.</param>
/// <param name="ModelVersion">Name and version of the model that scored it.</param>
/// <param name="TraceId">W3C trace id of the request that scored it.</param>
/// <param name="Id">Our id: <c>GET /v1/transactions/{id}</c>.</param>
public sealed record MonitorAnswer(
    [property: JsonPropertyName("action")] Decision Action,
    [property: JsonPropertyName("confidence")] int Confidence,
    [property: JsonPropertyName("reasoning")] string Reasoning,
    [property: JsonPropertyName("alternatives")] IReadOnlyList<MonitorAlternative> Alternatives,
    [property: JsonPropertyName("audit_trail")] MonitorAuditTrail AuditTrail,
    [property: JsonPropertyName("transaction_id")] string TransactionId,
    [property: JsonPropertyName("anomaly_score")] double? AnomalyScore,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("trace_id")] string TraceId,
    [property: JsonPropertyName("id")] Guid Id);

/// <summary>An action that was not taken.</summary>
/// <param name="Action">The action.</param>
/// <param name="Confidence">100 − the confidence in the action taken for the nearest neighbour, 0 for the one beyond it.</param>
/// <param name="Reasoning">What would have led to it.</param>
public sealed record MonitorAlternative(
    [property: JsonPropertyName("action")] Decision Action,
    [property: JsonPropertyName("confidence")] int Confidence,
    [property: JsonPropertyName("reasoning")] string Reasoning);

/// <summary>Under which rule the record is kept, and who decided when.</summary>
/// <param name="Regulation">The books-and-records rules that ask for such a trail; no claim of compliance.</param>
/// <param name="Timestamp">When the decision was made, UTC: the time of our id, so that a replay says the same.</param>
/// <param name="Agent">What decided.</param>
public sealed record MonitorAuditTrail(
    [property: JsonPropertyName("regulation")] string Regulation,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("agent")] string Agent);
