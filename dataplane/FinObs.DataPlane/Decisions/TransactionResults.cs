using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Decisions;

/// <summary>Rows to the answer. Fresh, replayed, listed or streamed, an answer is made here and nowhere else: so it is the same.</summary>
internal static class TransactionResults
{
    /// <summary>Where no model scored.</summary>
    public const string NoModel = "unavailable";

    public static TransactionResult Of(TransactionRow transaction, DecisionRow decision, EngineIdentity? engine) => new(
        transaction.TransactionId,
        decision.Decision,
        decision.Score,
        DecisionPolicy.RiskOf(decision.Decision),
        [.. ReasonsJson.Read(decision.Reasons).Select(reason => reason.Text)],
        engine?.ModelVersion ?? NoModel,
        Stored: true,
        transaction.Source,
        decision.TraceId ?? "",
        transaction.Id);
}
