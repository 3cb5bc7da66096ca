namespace FinObs.DataPlane.Transactions;

/// <summary>A transaction as a client sent it: every field as text, absent as <see langword="null"/>. HTTP, files, pulls and MCP all make this and
/// so meet the same rules.</summary>
internal sealed record TransactionRequest
{
    public string? TransactionId { get; init; }

    public string? Account { get; init; }

    public string? Counterparty { get; init; }

    public string? Type { get; init; }

    /// <summary>A number in JSON's grammar.</summary>
    public string? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary><c>debit</c> (default) or <c>credit</c>.</summary>
    public string? Direction { get; init; }

    /// <summary>ISO 8601 with zone, or Unix seconds or milliseconds.</summary>
    public string? Timestamp { get; init; }

    /// <summary>Canonical JSON of the client's object, as <see cref="CanonicalMeta"/> makes it.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>Known outcome of imported history.</summary>
    public bool? Label { get; init; }

    /// <summary>Applies every rule, then the defaults.</summary>
    public TransactionItem Validate(in TransactionRequestContext context)
    {
        ItemError? error = TransactionRequestText.CheckId("transaction_id", TransactionId)
            ?? TransactionRequestText.CheckId("account", Account)
            ?? TransactionRequestText.CheckId("counterparty", Counterparty);
        if (error is not null)
        {
            return Reject(error);
        }

        if ((error = TransactionRequestAmount.TryRead(Amount, out decimal amount)) is not null
            || (error = TransactionRequestText.TryReadType(Type, out string type)) is not null
            || (error = TransactionRequestText.TryReadCurrency(Currency, out string currency)) is not null
            || (error = TransactionRequestText.TryReadDirection(Direction, out bool isCredit)) is not null
            || (error = TransactionRequestTime.TryRead(Timestamp, context.Now, out DateTimeOffset occurredAt)) is not null)
        {
            return Reject(error);
        }

        (string id, byte[] keyHash) = TransactionRequestIdentity.Of(TransactionId, context);
        var fields = new CanonicalFields(type, amount, currency, isCredit, occurredAt);
        return new TransactionItem.Valid(new NewTransaction
        {
            TransactionId = id,
            IdempotencyKeyHash = keyHash,
            BodyHash = TransactionRequestHash.Of(this, fields),
            AccountId = Account,
            CounterpartyId = Counterparty,
            Type = type,
            Amount = amount,
            Currency = currency,
            IsCredit = isCredit,
            OccurredAt = occurredAt,
            Meta = Meta,
            Label = Label,
        });
    }

    /// <summary>The answer to an item that may not be stored; an id that breaks its own rules is not repeated.</summary>
    public TransactionItem Reject(ItemError error) =>
        new TransactionItem.Invalid(TransactionRequestText.CheckId("transaction_id", TransactionId) is null ? TransactionId : null, error);
}

/// <summary>What validation needs to know beside the request.</summary>
/// <param name="Now">When the request arrived.</param>
/// <param name="IdempotencyKey">The header of that name, if sent.</param>
/// <param name="Index">Place of the item in its request, from 0.</param>
internal readonly record struct TransactionRequestContext(DateTimeOffset Now, string? IdempotencyKey, long Index);
