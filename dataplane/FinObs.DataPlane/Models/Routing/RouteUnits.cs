using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>What stays with one version.</summary>
internal static class RouteUnits
{
    /// <summary>The account or the counterparty; what has none is on its own, by the sender's id of the transaction.</summary>
    public static string Of(UnitKey unit, string? accountId, string? counterpartyId, string transactionId) => unit switch
    {
        UnitKey.AccountId => accountId,
        UnitKey.CounterpartyId => counterpartyId,
        _ => null,
    } ?? transactionId;
}
