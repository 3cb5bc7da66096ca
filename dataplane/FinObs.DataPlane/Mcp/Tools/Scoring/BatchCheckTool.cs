using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>batch_check_compliance</c>.</summary>
internal sealed class BatchCheckTool(TransactionChecker checker, TimeProvider time) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "batch_check_compliance",
        Title = "Check many transactions",
        Description = "Says what would be decided on up to 10,000 transactions, in their order, as if they were sent so: each sees what those before it did to its account. Use it for a file or a list; a bad item gets an "
            + "error of its own and spoils no other. Nothing is stored. For one transaction use check_transaction_compliance, for the risk of them together analyze_portfolio.",
        Permission = Permissions.ExplainBatch,
        Input = new ToolInput(TransactionFields.AskedList("The transactions."), BatchResults.Field, ToolField.Namespace()),
        Output = typeof(BatchAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        IReadOnlyList<TransactionItem> items = TransactionFields.AskedOf(call, time.GetUtcNow());
        IReadOnlyList<CheckedTransaction> answers = await checker.CheckAsync(call.Namespace, items, done => call.ReportAsync(done, items.Count), cancellationToken);
        IngestTotals totals = new();
        BatchItem[] results = new BatchItem[items.Count];
        for (int i = 0; i < results.Length; i++)
        {
            totals.Add(items[i], answers[i].Outcome);
            results[i] = BatchResults.Of(answers[i].Outcome, i);
        }

        IReadOnlyList<BatchItem> shown = BatchResults.Shown(results, BatchResults.MostOf(call.Whole("max_results")));
        return new ToolAnswer.Done(new BatchAnswer(items.Count, totals.Ingested, totals.Flagged, totals.Amount, shown, results.Length - shown.Count)) { AsLongAsItIs = call.Whole("max_results") is not null };
    }
}

/// <summary>What would be decided.</summary>
/// <param name="Total">Items of the call.</param>
/// <param name="Processed">Those without an error.</param>
/// <param name="Flagged">Those that would be reviewed or blocked.</param>
/// <param name="TotalAmount">Of the processed ones, as they were sent, whatever their currency.</param>
/// <param name="Results">In the order of the call.</param>
/// <param name="ResultsOmitted">How many are not in them: ask with a larger max_results.</param>
internal sealed record BatchAnswer(int Total, long Processed, long Flagged, decimal TotalAmount, IReadOnlyList<BatchItem> Results, int ResultsOmitted);
