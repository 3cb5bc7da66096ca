namespace FinObs.DataPlane.Transactions;

/// <summary>A transaction that passed validation, defaults filled in. Only a validated request becomes one.</summary>
internal sealed record NewTransaction
{
    /// <summary>The client's id, or the one derived here where it sent none. 1 to 200 characters, no control characters.</summary>
    public required string TransactionId { get; init; }

    /// <summary>32 bytes: SHA-256 of the id; where none was sent but an Idempotency-Key, of that key and the item's place.</summary>
    public required byte[] IdempotencyKeyHash { get; init; }

    /// <summary>32 bytes: SHA-256 over the recognised fields as the client sent them, before defaults, in canonical form.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>Whose transaction it is; <see langword="null"/> where not said.</summary>
    public string? AccountId { get; init; }

    /// <summary>The other side; <see langword="null"/> where not said.</summary>
    public string? CounterpartyId { get; init; }

    /// <summary>Canonical type, <c>[a-z0-9_]{1,40}</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Greater than zero, at most a billion, at most ten decimals.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>Money comes into the account; otherwise it goes out.</summary>
    public bool IsCredit { get; init; }

    /// <summary>When it happened: UTC, whole microseconds.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The client's own object as canonical JSON (sorted keys, plain numbers); <see langword="null"/> where none was sent.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>Known outcome of imported history: true = fraud. Never a feature, never in the answer, never in <see cref="BodyHash"/>.</summary>
    public bool? Label { get; init; }
}
