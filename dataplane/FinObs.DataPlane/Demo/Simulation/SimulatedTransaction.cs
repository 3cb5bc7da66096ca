namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>One transaction of the simulated bank. Every name is fictional.</summary>
/// <param name="TransactionId">Unique for a seed.</param>
/// <param name="AccountId">Whose it is.</param>
/// <param name="CounterpartyId">The other side.</param>
/// <param name="Timestamp">UTC, whole seconds.</param>
/// <param name="Amount">Positive, in the currency's minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Type">Canonical type.</param>
/// <param name="IsCredit">Money comes in.</param>
/// <param name="Scenario">Which fraud it belongs to; <see cref="FraudScenario.None"/> for an honest one.</param>
internal sealed record SimulatedTransaction(
    string TransactionId,
    string AccountId,
    string CounterpartyId,
    DateTimeOffset Timestamp,
    decimal Amount,
    string Currency,
    string Type,
    bool IsCredit,
    FraudScenario Scenario)
{
    /// <summary>The label.</summary>
    public bool IsFraud => Scenario != FraudScenario.None;
}

/// <summary>The frauds that the simulator knows.</summary>
internal enum FraudScenario
{
    None = 0,

    /// <summary>A stranger in the account: new counterparties, at night, large.</summary>
    AccountTakeover = 1,

    /// <summary>Stolen card numbers tried out: a burst of tiny amounts, then one purchase.</summary>
    CardTesting = 2,

    /// <summary>Cash split to stay below the reporting threshold of 10,000.</summary>
    Structuring = 3,

    /// <summary>Many pay into one account, which passes it on at once.</summary>
    MuleFanIn = 4,
}
