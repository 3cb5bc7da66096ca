using System.Buffers;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Pulls;

/// <summary>Items that go to the pipeline together, with their bytes, for those that turn out to be bad.</summary>
internal sealed class PullChunk
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly List<(TransactionItem Item, int Start, int Length)> _items = [];

    public int Count => _items.Count;

    /// <summary>Those that may be scored, in order.</summary>
    public List<TransactionItem> Valid => [.. _items.Where(entry => entry.Item is TransactionItem.Valid).Select(entry => entry.Item)];

    public void Add(TransactionItem item, ReadOnlyMemory<byte> raw)
    {
        _items.Add((item, _bytes.WrittenCount, raw.Length));
        _bytes.Write(raw.Span);
    }

    /// <summary>The first that may not be scored; null where all may.</summary>
    public ItemError? FirstError => _items.Select(entry => (entry.Item as TransactionItem.Invalid)?.Error).FirstOrDefault(error => error is not null);

    /// <summary>Counts what became of them, and gives the bad ones.</summary>
    /// <param name="outcomes">One for each valid item, in order.</param>
    /// <param name="counts">Where they are added.</param>
    public List<BadItem> Settle(IReadOnlyList<TransactionOutcome> outcomes, RunCounts counts)
    {
        List<BadItem> bad = [];
        int next = 0;
        foreach ((TransactionItem item, int start, int length) in _items)
        {
            ItemError? error = item is TransactionItem.Invalid invalid ? invalid.Error : ErrorOf(outcomes[next++], counts);
            if (error is not null)
            {
                bad.Add(new BadItem(_bytes.WrittenSpan.Slice(start, length).ToArray(), error));
            }
        }

        counts.Fetched += _items.Count;
        counts.Rejected += bad.Count;
        return bad;
    }

    public void Clear()
    {
        _items.Clear();
        _bytes.ResetWrittenCount();
    }

    /// <summary>The same transaction once more is a duplicate; another one under its id is a bad item.</summary>
    public static ItemError? ErrorOf(TransactionOutcome outcome, RunCounts counts)
    {
        switch (outcome)
        {
            case TransactionOutcome.Scored { Replayed: true }:
                counts.Duplicates++;
                return null;
            case TransactionOutcome.Scored scored:
                counts.Ingested++;
                counts.Flagged += scored.Result.Decision == Decision.Approve ? 0 : 1;
                return null;
            case TransactionOutcome.Rejected rejected:
                return rejected.Error;
            default:
                return new ItemError(ItemErrorCodes.Conflict, "Its transactionId is taken by a transaction with other values; the stored one stays as it is.");
        }
    }
}

/// <summary>What a run has done so far.</summary>
internal sealed class RunCounts
{
    public int Pages { get; set; }

    public int HttpStatus { get; set; }

    public long Fetched { get; set; }

    public long Ingested { get; set; }

    public long Duplicates { get; set; }

    public long Rejected { get; set; }

    public long Flagged { get; set; }
}
