namespace FinObs.Scoring.Features;

/// <summary>What the feature catalogue may know about one transaction. Nothing here identifies a person.</summary>
/// <param name="Type">Canonical transaction type, lower-case snake case (<c>wire_transfer</c>, <c>card</c>); never empty.</param>
/// <param name="OccurredAt">When the transaction happened, UTC.</param>
/// <param name="AmountInBase">Absolute amount in the base currency of the profile; <see langword="null"/> where no exchange rate is known.</param>
/// <param name="IsCredit">Money comes into the account; the default is money going out.</param>
/// <param name="CounterpartyHash">Stable 64-bit hash of the counterparty (<see cref="StableHash"/>); 0 = none given.</param>
/// <param name="HasAccount">False where the transaction names no account: it is then scored against the population only.</param>
public readonly record struct TransactionFacts(
    string Type,
    DateTimeOffset OccurredAt,
    double? AmountInBase,
    bool IsCredit,
    ulong CounterpartyHash,
    bool HasAccount);
