using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>What a backtest needs to know of a decision and its transaction; no personal data.</summary>
internal sealed class PastDecision
{
    public Guid Id { get; init; }

    public Decision Decision { get; init; }

    public double? Score { get; init; }

    public long? EngineId { get; init; }

    public byte[]? Features { get; init; }

    public byte[]? Rules { get; init; }

    public required byte[] Reasons { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public decimal Amount { get; init; }

    public required string Currency { get; init; }

    public bool? Label { get; init; }
}

/// <summary>
/// What the rules came to then, read from the reasons that are kept with the decision. How far an allow list may lower the model is not among them: it is taken to lower what it lowered then, and nothing worse.
/// </summary>
internal static class PastRules
{
    /// <param name="row">The decision.</param>
    /// <param name="byModel">What the model alone decided then.</param>
    /// <returns>Null where no rule hit.</returns>
    public static RuleFinding? Of(PastDecision row, Decision byModel)
    {
        if (row.Rules is null)
        {
            return null;
        }

        RuleMark[] marks = [.. ReasonsJson.Read(row.Reasons).Select(reason => reason.Rule).OfType<RuleMark>()];
        if (marks.Length == 0)
        {
            return null;
        }

        Decision outcome = marks.Select(mark => DecisionNames.Parse(mark.Outcome) ?? Decision.Approve).Max();
        bool lowered = row.Decision < byModel && marks.Any(mark => mark.Outcome == RuleMark.Allow);
        return new RuleFinding(outcome, lowered ? byModel : null, []);
    }
}
