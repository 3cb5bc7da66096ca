using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>what_if</c>: the nearest amounts that would be decided otherwise, each scored again.</summary>
internal sealed class WhatIfTool(AmountSearch amounts, TimeProvider time) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "what_if",
        Title = "What would have to change",
        Description = "Finds the smallest change of the amount, upwards and downwards, that would change the decision on a transaction, by scoring it again at other amounts with everything else the same. Use it to explain a "
            + "decision by its opposite (\"it would have passed at …\"). Not for helping anybody to stay below a threshold. Nothing is stored.",
        Permission = Permissions.ExplainRead,
        Input = new ToolInput([.. TransactionFields.Asked, ToolField.Namespace()]),
        Output = typeof(WhatIfAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        TransactionItem item = TransactionFields.One(call, time.GetUtcNow());
        if (item is not TransactionItem.Valid { Transaction: var transaction })
        {
            return new ToolAnswer.Refused(((TransactionItem.Invalid)item).Error.Message);
        }

        AmountSearchResult found = await amounts.FindAsync(call.Namespace, transaction, cancellationToken);
        return new ToolAnswer.Done(WhatIfAnswer.Of(transaction.Amount, found)) { Decision = found.Now.Decision.OnTheWire() };
    }
}

/// <summary>The nearest amounts with another decision.</summary>
/// <param name="Amount">As given.</param>
/// <param name="Decision">What would be decided on it.</param>
/// <param name="AnomalyScore">Its score; null where no model could score.</param>
/// <param name="RiskFactors">Why.</param>
/// <param name="Smallest">The smaller change of both; null where no amount that was tried is decided otherwise.</param>
/// <param name="Up">The nearest larger amount; null where none was found.</param>
/// <param name="Down">The nearest smaller amount; null where none was found.</param>
/// <param name="AmountsTried">At so many amounts it was scored: from 0.01 to a billion, denser near the amount. A narrow band between two of them can be missed.</param>
internal sealed record WhatIfAnswer(
    decimal Amount, Decision Decision, double? AnomalyScore, IReadOnlyList<string> RiskFactors, OtherAmount? Smallest, OtherAmount? Up, OtherAmount? Down, int AmountsTried)
{
    public static WhatIfAnswer Of(decimal amount, AmountSearchResult found)
    {
        OtherAmount? up = found.Up is { } above ? OtherAmount.Of(amount, above) : null;
        OtherAmount? down = found.Down is { } below ? OtherAmount.Of(amount, below) : null;
        OtherAmount? smallest = up is null || (down is not null && Math.Abs(down.Change) <= up.Change) ? down : up;
        return new WhatIfAnswer(amount, found.Now.Decision, found.Now.AnomalyScore, found.Now.RiskFactors, smallest, up, down, found.Tried);
    }
}

/// <summary>An amount that would be decided otherwise.</summary>
/// <param name="Amount">The nearest, to a hundredth.</param>
/// <param name="Change">From the amount given.</param>
/// <param name="ChangePercent">The same in per cent of it.</param>
/// <param name="Decision">What would be decided.</param>
/// <param name="AnomalyScore">Its score.</param>
/// <param name="RiskFactors">Why.</param>
internal sealed record OtherAmount(decimal Amount, decimal Change, double ChangePercent, Decision Decision, double? AnomalyScore, IReadOnlyList<string> RiskFactors)
{
    public static OtherAmount Of(decimal from, AmountTried tried) => new(
        tried.Amount, tried.Amount - from, Math.Round((double)((tried.Amount - from) / from) * 100, 4), tried.Result.Decision, tried.Result.AnomalyScore, tried.Result.RiskFactors);
}
