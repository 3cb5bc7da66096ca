using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>ingest_transactions</c>: the same pipeline as every other door, with its stream, callbacks and cases.</summary>
internal sealed class IngestTransactionsTool(ITransactionPipeline pipeline, IOptions<PipelineOptions> options, TimeProvider time) : McpTool
{
    /// <summary>A part of the idempotency key: a transaction_id is taken once by this door.</summary>
    private const string Source = "mcp";

    public override ToolCard Card { get; } = new()
    {
        Name = "ingest_transactions",
        Title = "Submit transactions",
        Description = "Scores, decides and STORES up to 10,000 transactions: they become part of the record, move the accounts' profiles, open cases and are sent to callbacks. Use it only when the user asks to submit "
            + "or record transactions; to ask what would be decided use batch_check_compliance. Give each a transaction_id: sent again with the same fields it is answered as before and not stored twice.",
        Permission = Permissions.TransactionCreate,
        Writes = true,
        IsIdempotent = false,
        Input = new ToolInput(TransactionFields.SentList("The transactions, in the order in which they happened."), BatchResults.Field, ToolField.Namespace()),
        Output = typeof(IngestedAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        IReadOnlyList<TransactionItem> items = TransactionFields.SentOf(call, time.GetUtcNow());
        IngestTotals totals = new();
        List<BatchItem> results = new(items.Count);
        foreach (TransactionItem[] part in items.Chunk(options.Value.ChunkItems))
        {
            IReadOnlyList<TransactionOutcome> outcomes = await pipeline.SubmitPatientlyAsync(new TransactionBatch(call.Namespace, Source, "mcp", part), time, cancellationToken);
            for (int i = 0; i < part.Length; i++)
            {
                totals.Add(part[i], outcomes[i]);
                results.Add(BatchResults.Of(outcomes[i], results.Count));
            }

            await call.ReportAsync(results.Count, items.Count);
        }

        IReadOnlyList<BatchItem> shown = BatchResults.Shown(results, BatchResults.MostOf(call.Whole("max_results")));
        return new ToolAnswer.Done(new IngestedAnswer(totals.Ingested, totals.Flagged, totals.Amount, totals.Replayed, totals.Rejected + totals.Conflicts, shown, results.Count - shown.Count))
        {
            AsLongAsItIs = call.Whole("max_results") is not null,
        };
    }
}

/// <summary>What became of the items.</summary>
/// <param name="Ingested">Those that are stored: now, or by an earlier call.</param>
/// <param name="Flagged">Those of them that are reviewed or blocked.</param>
/// <param name="TotalAmount">Of the ingested ones, as they were sent, whatever their currency.</param>
/// <param name="Replayed">Those that an earlier call had stored.</param>
/// <param name="Rejected">Those with an error; nothing of them is stored.</param>
/// <param name="Results">In the order of the call.</param>
/// <param name="ResultsOmitted">How many are not in them.</param>
internal sealed record IngestedAnswer(long Ingested, long Flagged, decimal TotalAmount, long Replayed, long Rejected, IReadOnlyList<BatchItem> Results, int ResultsOmitted);
