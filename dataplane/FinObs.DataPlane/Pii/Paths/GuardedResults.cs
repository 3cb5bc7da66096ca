using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Pii.Paths;

/// <summary>Results on their way out. An id that a sender made of personal data becomes a token; ours, <c>id</c>, stays, and is what to look it up by.</summary>
internal static class GuardedResults
{
    public static TransactionResult CleanResult(this PiiGuard guard, TransactionResult result) => result with
    {
        TransactionId = guard.Clean(result.TransactionId),
        RiskFactors = result.RiskFactors.Count == 0 ? result.RiskFactors : [.. result.RiskFactors.Select(factor => guard.Clean(factor))],
    };
}
