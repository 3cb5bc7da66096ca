using FinObs.Contracts.Transactions;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Transactions;

/// <summary>What became of one item.</summary>
internal abstract record TransactionOutcome
{
    private TransactionOutcome()
    {
    }

    /// <summary>It is decided and stored.</summary>
    /// <param name="Result">The decision as it was first answered.</param>
    /// <param name="Replayed">An earlier delivery of the same item had stored it.</param>
    internal sealed record Scored(TransactionResult Result, bool Replayed) : TransactionOutcome
    {
        /// <summary>The thresholds that it was decided by.</summary>
        public DecisionThresholds Thresholds { get; init; } = DecisionThresholds.Default;
    }

    /// <summary>Its id is taken by a transaction with another body; that one stays as it is.</summary>
    internal sealed record Conflict(string TransactionId, string Detail) : TransactionOutcome;

    /// <summary>It did not pass validation.</summary>
    internal sealed record Rejected(string? TransactionId, ItemError Error) : TransactionOutcome;
}
