using System.Globalization;

namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>The CSV of the development data: transaction_id, account_id, counterparty_id, timestamp, amount, currency, type, label, then an
/// extra. A negative amount is money that comes in.</summary>
internal static class SimulatedCsv
{
    /// <summary><c>fraud_scenario</c> leaks the label: it is for people who look at results, never for a model.</summary>
    public const string Header = "transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label,fraud_scenario";

    public static void Write(TextWriter output, IEnumerable<SimulatedTransaction> transactions)
    {
        output.Write(Header);
        output.Write('\n');
        foreach (SimulatedTransaction t in transactions)
        {
            // No field can hold a comma or a quote: ids are words, numbers are invariant.
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{t.TransactionId},{t.AccountId},{t.CounterpartyId},{t.Timestamp:yyyy-MM-dd'T'HH:mm:ss'Z'},{(t.IsCredit ? -t.Amount : t.Amount)},{t.Currency},{t.Type},{(t.IsFraud ? 1 : 0)},{Word(t.Scenario)}\n"));
        }
    }

    private static string Word(FraudScenario scenario) => scenario switch
    {
        FraudScenario.AccountTakeover => "account_takeover",
        FraudScenario.CardTesting => "card_testing",
        FraudScenario.Structuring => "structuring",
        FraudScenario.MuleFanIn => "mule_fan_in",
        _ => "",
    };
}
