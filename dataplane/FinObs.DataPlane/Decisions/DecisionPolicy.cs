using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Decisions;

/// <summary>From a score to a decision. A threshold on a quantile score is an alert rate: 0.99 reviews one in a hundred.</summary>
internal static class DecisionPolicy
{
    /// <summary>Reason code where no model could score: the transaction is reviewed by people, never waved through.</summary>
    public const string ModelUnavailable = "ModelUnavailable";

    public static Decision WithoutModel => Decision.Review;

    public static Decision Decide(double score, double reviewAt, double blockAt) =>
        score >= blockAt ? Decision.Block : score >= reviewAt ? Decision.Review : Decision.Approve;

    public static RiskLevel RiskOf(Decision decision) => decision switch
    {
        Decision.Approve => RiskLevel.Low,
        Decision.Review => RiskLevel.Medium,
        _ => RiskLevel.High,
    };
}
