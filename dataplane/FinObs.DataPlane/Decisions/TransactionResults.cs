using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Decisions;

/// <summary>Rows to the answer. Fresh, replayed, listed or streamed, an answer is made here and nowhere else: so it is the same.</summary>
internal static class TransactionResults
{
    /// <summary>Where no model scored.</summary>
    public const string NoModel = "unavailable";

    public static TransactionResult Of(TransactionRow transaction, DecisionRow decision, EngineIdentity? engine)
    {
        IReadOnlyList<DecisionReason> reasons = ReasonsJson.Read(decision.Reasons);
        return new TransactionResult(
            transaction.TransactionId,
            decision.Decision,
            decision.Score,
            DecisionPolicy.RiskOf(decision.Decision),
            [.. reasons.Select(reason => reason.Text)],
            engine?.ModelVersion ?? NoModel,
            Stored: true,
            transaction.Source,
            decision.TraceId ?? "",
            transaction.Id,
            RegulationOf(reasons));
    }

    /// <summary>Of the rules that counted; those that an allow list silenced asked for nothing.</summary>
    private static string? RegulationOf(IReadOnlyList<DecisionReason> reasons)
    {
        if (reasons.Count == 0)
        {
            return null;
        }

        string?[] named = [.. reasons.Select(reason => reason.Rule).Where(rule => rule is { Outcome: not (RuleMark.Silenced or RuleMark.Allow) }).Select(rule => rule!.Regulation).Distinct(StringComparer.Ordinal)];
        return named.Length == 0 ? null : string.Join("; ", named);
    }
}
