using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>Answer of <c>GET /webhooks/results</c>.</summary>
/// <param name="Count">Entries in <paramref name="Results"/>.</param>
/// <param name="Results">Newest first.</param>
public sealed record ResultsAnswer(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("results")] IReadOnlyList<TransactionResult> Results);
