using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Pii.Paths;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A decision and its transaction, as far as a message may tell of them.</summary>
internal sealed record DecisionFacts
{
    public required string Namespace { get; init; }

    public required TransactionResult Result { get; init; }

    public required string Type { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public required bool IsCredit { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Personal: whose it is.</summary>
    public string? Account { get; init; }

    /// <summary>Personal: the other side.</summary>
    public string? Counterparty { get; init; }

    /// <summary>The sender's own fields, in JSON; anything may be in them.</summary>
    public byte[]? Meta { get; init; }
}

/// <summary>Takes personal data out of what leaves the house. The one place that decides what is personal in a message.</summary>
internal interface IPayloadRedaction
{
    DecisionFacts Redact(DecisionFacts facts);
}

/// <summary>By field: who, with whom, and whatever the sender added; by value in what is left: ids and words that a sender made of personal data.</summary>
internal sealed class FieldRedaction(PiiGuard guard) : IPayloadRedaction
{
    public DecisionFacts Redact(DecisionFacts facts) => facts with
    {
        Account = null,
        Counterparty = null,
        Meta = null,
        Type = guard.Clean(facts.Type),
        Result = guard.CleanResult(facts.Result),
    };
}
