namespace FinObs.DataPlane.Transactions;

/// <summary>One item of a batch, after validation.</summary>
internal abstract record TransactionItem
{
    private TransactionItem()
    {
    }

    /// <summary>An item that may be scored.</summary>
    internal sealed record Valid(NewTransaction Transaction) : TransactionItem;

    /// <summary>An item that may not, kept so that the answer has an entry in its place.</summary>
    /// <param name="TransactionId">The id it was sent with, where one could be read.</param>
    /// <param name="Error">What is wrong with it.</param>
    internal sealed record Invalid(string? TransactionId, ItemError Error) : TransactionItem;
}

/// <summary>What is wrong with an item.</summary>
/// <param name="Code">A word for programs; <see cref="ItemErrorCodes"/>.</param>
/// <param name="Message">A sentence that says what to do. Never holds a value that was sent: it may be personal data.</param>
internal sealed record ItemError(string Code, string Message);
