using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Tests.Ingestion;

internal static class Samples
{
    public static TransactionResult Result(NewTransaction transaction, string source)
    {
        double score = transaction.Amount >= 100_000 ? 0.9995 : transaction.Amount >= 10_000 ? 0.995 : 0.25;
        (Decision decision, RiskLevel level) = score switch
        {
            >= 0.999 => (Decision.Block, RiskLevel.High),
            >= 0.99 => (Decision.Review, RiskLevel.Medium),
            _ => (Decision.Approve, RiskLevel.Low),
        };
        string[] factors = decision == Decision.Approve ? [] : ["9.3 × this account's 30-day mean"];
        return new TransactionResult(
            transaction.TransactionId, decision, score, level, factors, "finobs-ensemble:1.0.0", true, source, "0af7651916cd43dd8448eb211c80319c",
            Guid.CreateVersion7(transaction.OccurredAt));
    }

    public static TransactionExplanations Explain(IReadOnlyList<NewTransaction> transactions) => new(
        "finobs-ensemble:1.0.0",
        ["amount@1", "hour@1", "type@1", "rarity@1", "zero@1"],
        [.. transactions.Select((_, i) => new TransactionExplanation(
            [1, 2, 3, 4, 5],
            new ScoreExplanation(ExplanationMethod.TreeShapExact, 0.5, [0.25 * (i + 1), -0.5, 1, 0.125, 0], [], [], 0.5 + (0.25 * (i + 1)) + 0.625, 0.97)))]);
}
