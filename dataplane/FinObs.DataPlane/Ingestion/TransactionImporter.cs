using System.Globalization;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Training;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Where an import goes.</summary>
/// <param name="Namespace">The tenant.</param>
/// <param name="Source">A part of the idempotency key: the same file under another source is other transactions.</param>
/// <param name="Limit">Lines to read at most.</param>
internal sealed record ImportSettings(string Namespace, string Source, long Limit);

/// <summary>Loads a transaction file through the pipeline, in the file's order and at constant memory. Lines meet the rules of every other door.</summary>
internal sealed class TransactionImporter(ITransactionPipeline pipeline, TimeProvider time)
{
    private const int ChunkItems = 5_000;

    private readonly List<long> _lines = [];
    private readonly List<TransactionItem> _items = [];

    /// <summary>Reads to the end, to the limit, or until the database goes away; the summary says which.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="settings">Where it goes.</param>
    /// <param name="onChunk">Called after each chunk.</param>
    /// <param name="rejects">Gets a CSV line for every reject; may be <see langword="null"/>.</param>
    /// <param name="ct">Stops between chunks.</param>
    public async Task<ImportSummary> ImportAsync(
        TransactionCsvReader reader, ImportSettings settings, Action onChunk, TextWriter? rejects, CancellationToken ct)
    {
        var summary = new ImportSummary();
        await (rejects?.WriteLineAsync("line,code,reason") ?? Task.CompletedTask);
        try
        {
            foreach (TransactionCsvItem line in reader.Read())
            {
                if (summary.Rows == settings.Limit)
                {
                    break;
                }

                summary.AddRow();
                Take(line, summary, rejects);
                if (_items.Count == ChunkItems)
                {
                    await SubmitAsync(settings, summary, rejects, ct);
                    onChunk();
                }
            }

            await SubmitAsync(settings, summary, rejects, ct);
        }
        catch (Exception e) when (PipelineProblems.Describe(e) is not null)
        {
            summary.StoppedBecause = "the database cannot be reached.";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            summary.StoppedBecause = "it was interrupted.";
        }

        return summary;
    }

    private void Take(TransactionCsvItem line, ImportSummary summary, TextWriter? rejects)
    {
        if (line is TransactionCsvItem.Reject reject)
        {
            Reject(summary, rejects, reject.Line, "line_unreadable", reject.Reason);
            return;
        }

        var row = (TransactionCsvItem.Row)line;
        _lines.Add(row.Line);
        _items.Add(ToRequest(row).Validate(new TransactionRequestContext(time.GetUtcNow(), null, summary.Rows - 1)));
    }

    private async Task SubmitAsync(ImportSettings settings, ImportSummary summary, TextWriter? rejects, CancellationToken ct)
    {
        if (_items.Count == 0)
        {
            return;
        }

        var batch = new TransactionBatch(settings.Namespace, settings.Source, "file", [.. _items]);
        IReadOnlyList<TransactionOutcome> outcomes = await pipeline.SubmitPatientlyAsync(batch, time, ct);
        for (int i = 0; i < outcomes.Count; i++)
        {
            summary.Totals.Add(_items[i], outcomes[i]);
            if (outcomes[i] is TransactionOutcome.Rejected rejected)
            {
                Reject(summary, rejects, _lines[i], rejected.Error.Code, rejected.Error.Message);
            }
            else if (outcomes[i] is TransactionOutcome.Conflict)
            {
                Reject(summary, rejects, _lines[i], ItemErrorCodes.Conflict, "The transaction_id is taken by a transaction with other values: give it another id, or import under another --source.");
            }
        }

        _items.Clear();
        _lines.Clear();
    }

    private static void Reject(ImportSummary summary, TextWriter? rejects, long line, string code, string message)
    {
        summary.AddReject(line, code, message);
        rejects?.WriteLine($"{line},{code},\"{message.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }

    // The file's sign is the direction: negative is money that comes in.
    private static TransactionRequest ToRequest(TransactionCsvItem.Row row) => new()
    {
        TransactionId = row.TransactionId,
        Account = row.AccountId,
        Counterparty = row.CounterpartyId,
        Type = row.Type,
        Amount = Math.Abs(row.Amount).ToString(CultureInfo.InvariantCulture),
        Currency = row.Currency,
        Direction = row.Amount < 0 ? "credit" : null,
        Timestamp = row.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        Label = row.Label,
    };
}
