using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Counts outcomes as they come, for an answer, a stream's last line, an import's summary.</summary>
internal sealed class IngestTotals
{
    private readonly SortedDictionary<string, decimal> _byCurrency = new(StringComparer.Ordinal);

    public long Items { get; private set; }

    public long Ingested { get; private set; }

    public long Flagged { get; private set; }

    public long Replayed { get; private set; }

    /// <summary>Ingested items that no model could score.</summary>
    public long Unscored { get; private set; }

    public long Conflicts { get; private set; }

    public long Rejected { get; private set; }

    public decimal Amount { get; private set; }

    /// <summary>Sums per currency; <see langword="null"/> where there are fewer than two.</summary>
    public IReadOnlyDictionary<string, decimal>? ByCurrency => _byCurrency.Count > 1 ? _byCurrency : null;

    public bool AllReplayed => Items > 0 && Replayed == Items;

    public void Add(TransactionItem item, TransactionOutcome outcome)
    {
        Items++;
        switch (outcome)
        {
            case TransactionOutcome.Scored scored:
                AddScored(((TransactionItem.Valid)item).Transaction, scored);
                break;
            case TransactionOutcome.Conflict:
                Conflicts++;
                break;
            default:
                Rejected++;
                break;
        }
    }

    private void AddScored(NewTransaction transaction, TransactionOutcome.Scored scored)
    {
        Ingested++;
        Flagged += scored.Result.Decision == Decision.Approve ? 0 : 1;
        Replayed += scored.Replayed ? 1 : 0;
        Unscored += scored.Result.AnomalyScore is null ? 1 : 0;
        Amount += transaction.Amount;
        _byCurrency[transaction.Currency] = _byCurrency.GetValueOrDefault(transaction.Currency) + transaction.Amount;
    }
}
