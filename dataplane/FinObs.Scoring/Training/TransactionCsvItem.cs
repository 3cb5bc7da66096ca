namespace FinObs.Scoring.Training;

/// <summary>One line of a transaction file: a transaction, or why it is none.</summary>
/// <param name="Line">Line of the file where it starts; the header is line 1.</param>
public abstract record TransactionCsvItem(long Line)
{
    /// <summary>A transaction.</summary>
    /// <param name="Line">Line of the file.</param>
    /// <param name="TransactionId">Never empty.</param>
    /// <param name="AccountId"><see langword="null"/> where the file says nothing.</param>
    /// <param name="CounterpartyId"><see langword="null"/> where the file says nothing.</param>
    /// <param name="Timestamp">UTC.</param>
    /// <param name="Amount">As written, sign included: negative = money comes in.</param>
    /// <param name="Currency">Upper-case; <c>XXX</c> where the file says nothing. Not checked against ISO 4217.</param>
    /// <param name="Type">Lower-case snake case; <c>unknown</c> where the file says nothing.</param>
    /// <param name="Label">True = fraud, false = inspected and found good, <see langword="null"/> = never inspected.</param>
    public sealed record Row(
        long Line,
        string TransactionId,
        string? AccountId,
        string? CounterpartyId,
        DateTimeOffset Timestamp,
        decimal Amount,
        string Currency,
        string Type,
        bool? Label) : TransactionCsvItem(Line);

    /// <summary>A line that is no transaction.</summary>
    /// <param name="Line">Line of the file.</param>
    /// <param name="Reason">What is wrong and what is expected. Holds no value of the line: it may be personal data.</param>
    public sealed record Reject(long Line, string Reason) : TransactionCsvItem(Line);
}
