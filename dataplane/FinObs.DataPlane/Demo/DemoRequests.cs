using System.Globalization;
using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Demo;

/// <summary>Simulated transactions as requests: they meet the rules of every other door.</summary>
internal static class DemoRequests
{
    public static TransactionRequest Of(SimulatedTransaction transaction) => new()
    {
        TransactionId = transaction.TransactionId,
        Account = transaction.AccountId,
        Counterparty = transaction.CounterpartyId,
        Type = transaction.Type,
        Amount = transaction.Amount.ToString(CultureInfo.InvariantCulture),
        Currency = transaction.Currency,
        Direction = transaction.IsCredit ? "credit" : "debit",
        Timestamp = transaction.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
    };
}
