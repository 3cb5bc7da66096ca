using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>analyze_portfolio</c>.</summary>
internal sealed class PortfolioTool(TransactionChecker checker, LedgerUnits units, TimeProvider time) : McpTool
{
    private const int TopFlagged = 10;

    /// <summary>Of the amount, by one type, account or counterparty.</summary>
    private const double Concentrated = 0.6;

    /// <summary>Of the transactions, from which on the whole is of high risk.</summary>
    private const double HighShare = 0.1;

    public override ToolCard Card { get; } = new()
    {
        Name = "analyze_portfolio",
        Title = "Analyse a portfolio of transactions",
        Description = "Sums up the risk of up to 10,000 transactions together: how many would be flagged, their distribution by risk and type, the ten worst, and whether one type, account or counterparty holds more than "
            + "60 % of the amount. Use it for an overview of a book or a day; for each decision use batch_check_compliance. Nothing is stored.",
        Permission = Permissions.ExplainBatch,
        Input = new ToolInput(TransactionFields.AskedList("The transactions."), ToolField.Namespace()),
        Output = typeof(PortfolioAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        IReadOnlyList<TransactionItem> items = TransactionFields.AskedOf(call, time.GetUtcNow());
        IReadOnlyList<CheckedTransaction> answers = await checker.CheckAsync(call.Namespace, items, done => call.ReportAsync(done, items.Count), cancellationToken);
        List<Position> positions = new(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is TransactionItem.Valid valid && answers[i].Outcome is TransactionOutcome.Scored scored)
            {
                NewTransaction one = valid.Transaction;
                positions.Add(new Position(i, one, scored.Result, units.InBase(one.Amount, one.Currency, one.OccurredAt) ?? (double)one.Amount));
            }
        }

        return positions.Count == 0
            ? new ToolAnswer.Refused($"None of the {items.Count} transactions could be read: {BatchResults.Of(answers[0].Outcome, 0).Error}")
            : new ToolAnswer.Done(Sum(positions, items.Count - positions.Count));
    }

    private static PortfolioAnswer Sum(List<Position> positions, int rejected)
    {
        Position[] flagged = [.. positions.Where(position => position.Result.Decision != Decision.Approve)];
        double[] scores = [.. positions.Select(position => position.Result.AnomalyScore).OfType<double>()];
        bool blocks = flagged.Any(position => position.Result.Decision == Decision.Block);
        return new PortfolioAnswer(
            blocks || flagged.Length >= HighShare * positions.Count ? RiskLevel.High : flagged.Length > 0 ? RiskLevel.Medium : RiskLevel.Low,
            scores.Length == 0 ? null : Math.Round(scores.Average(), 6),
            positions.Count,
            positions.Sum(position => position.New.Amount),
            rejected,
            new RiskDistribution(Count(positions, RiskLevel.High), Count(positions, RiskLevel.Medium), Count(positions, RiskLevel.Low)),
            flagged.Length,
            [.. flagged.OrderByDescending(position => position.Result.Decision).ThenByDescending(position => position.Result.AnomalyScore).ThenBy(position => position.Index).Take(TopFlagged)
                .Select(position => BatchResults.Of(new TransactionOutcome.Scored(position.Result, Replayed: false), position.Index))],
            positions.GroupBy(position => position.New.Type, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => new TypeFigures(group.Count(), group.Sum(position => position.New.Amount), group.Count(position => position.Result.Decision != Decision.Approve))),
            [.. Concentrations(positions, "type", one => one.Type), .. Concentrations(positions, "account", one => one.AccountId), .. Concentrations(positions, "counterparty", one => one.CounterpartyId)]);
    }

    private static int Count(List<Position> positions, RiskLevel level) => positions.Count(position => position.Result.RiskLevel == level);

    /// <summary>One transaction alone is no concentration.</summary>
    private static IEnumerable<Concentration> Concentrations(List<Position> positions, string dimension, Func<NewTransaction, string?> key)
    {
        double total = positions.Sum(position => position.Amount);
        return positions.Count < 2
            ? []
            : positions.Where(position => key(position.New) is not null).GroupBy(position => key(position.New)!, StringComparer.Ordinal)
                .Select(group => (group.Key, Share: group.Sum(position => position.Amount) / total)).Where(group => group.Share > Concentrated)
                .Select(group => dimension switch
                {
                    "account" => new Concentration(dimension, null, group.Key, null, Math.Round(group.Share, 4)),
                    "counterparty" => new Concentration(dimension, null, null, group.Key, Math.Round(group.Share, 4)),
                    _ => new Concentration(dimension, group.Key, null, null, Math.Round(group.Share, 4)),
                });
    }

    private sealed record Position(int Index, NewTransaction New, TransactionResult Result, double Amount);
}

/// <summary>Transactions together.</summary>
/// <param name="PortfolioRisk">high: something would be blocked, or a tenth would be flagged; medium: something would be flagged.</param>
/// <param name="AvgAnomalyScore">Null where no model could score.</param>
/// <param name="TotalTransactions">Those that could be read.</param>
/// <param name="TotalAmount">As sent, whatever the currency.</param>
/// <param name="Rejected">Those that could not be read; batch_check_compliance says why.</param>
/// <param name="RiskDistribution">By level.</param>
/// <param name="FlaggedCount">Those that would be reviewed or blocked.</param>
/// <param name="TopFlagged">The ten worst.</param>
/// <param name="TypeBreakdown">By type.</param>
/// <param name="ConcentrationWarnings">Whatever holds more than 60 % of the amount, in the ledger's base currency where a rate is known.</param>
internal sealed record PortfolioAnswer(
    RiskLevel PortfolioRisk, double? AvgAnomalyScore, int TotalTransactions, decimal TotalAmount, int Rejected, RiskDistribution RiskDistribution, int FlaggedCount, IReadOnlyList<BatchItem> TopFlagged,
    IReadOnlyDictionary<string, TypeFigures> TypeBreakdown, IReadOnlyList<Concentration> ConcentrationWarnings);

internal sealed record RiskDistribution(int High, int Medium, int Low);

internal sealed record TypeFigures(int Count, decimal TotalAmount, int Flagged);

/// <summary>One of type, account and counterparty is there: the latter as tokens.</summary>
internal sealed record Concentration(string Dimension, string? Type, string? Account, string? Counterparty, double Share);
