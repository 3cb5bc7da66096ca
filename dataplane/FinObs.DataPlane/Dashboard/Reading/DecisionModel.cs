using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Dashboard.Live;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Everything that a decision's page shows.</summary>
internal sealed record DecisionModel
{
    public required TransactionDetail Detail { get; init; }

    /// <summary>The account before this transaction; null where it names none or has no history.</summary>
    public AccountPast? Past { get; init; }

    /// <summary>Decisions that were flagged for like reasons, the most alike first.</summary>
    public required IReadOnlyList<SimilarDecision> Similar { get; init; }

    /// <summary>What was done about it, oldest first; null for those who may not read the audit log.</summary>
    public IReadOnlyList<AuditActAnswer>? Story { get; init; }

    /// <summary>Where its time went, from the spans that this process remembers; null = it does not.</summary>
    public IReadOnlyList<SpanBar>? Spans { get; init; }

    /// <summary>The flagged decision before it, and the one after.</summary>
    public Guid? Older { get; init; }

    public Guid? Newer { get; init; }

    /// <summary>What people found out; null = nothing yet.</summary>
    public string? Label { get; init; }

    /// <summary>The case that it is in.</summary>
    public DecisionCase? Case { get; init; }

    /// <summary>A request to override it that waits for people.</summary>
    public Guid? OpenRequest { get; init; }
}

/// <summary>The case of a decision.</summary>
internal sealed record DecisionCase(Guid Id, string Number, string Status, DateTimeOffset DueAt);

/// <summary>What the account did before.</summary>
/// <param name="Transactions">How many.</param>
/// <param name="HistoryDays">Over how many days.</param>
/// <param name="MeanAmount">Of the last thirty days, in the base currency; null = there were none.</param>
/// <param name="BaseCurrency">Of the mean.</param>
/// <param name="ThisAmount">This transaction's, in the base currency; null = no rate is known.</param>
/// <param name="Amounts">The newest amounts before it, in the base currency.</param>
/// <param name="KnowsCounterparty">null = none was named.</param>
/// <param name="UsualHours">Bit i = usually active from 3 i to 3 i + 3 o'clock.</param>
internal sealed record AccountPast(
    long Transactions, double HistoryDays, double? MeanAmount, string BaseCurrency, double? ThisAmount, IReadOnlyList<double> Amounts, bool? KnowsCounterparty, byte UsualHours);

/// <summary>A decision that was flagged for like reasons.</summary>
/// <param name="Id">The transaction's.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Decision">Of record.</param>
/// <param name="Score">Of record.</param>
/// <param name="Amount">Absolute.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Type">Of the transaction.</param>
/// <param name="Alike">Cosine of the two explanations: 1 = for the same reasons in the same proportions.</param>
/// <param name="Label">What it turned out to be; null = nobody said.</param>
internal sealed record SimilarDecision(Guid Id, DateTimeOffset At, Decision Decision, double? Score, decimal Amount, string Currency, string Type, double Alike, string? Label);
