using System.Security.Cryptography;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Transactions;

/// <summary>A transaction of this chunk that was never seen before.</summary>
internal sealed record FreshTransaction(int Index, ChunkItem Item, NewTransaction New, Guid Key, TransactionRow Row);

/// <summary>
/// What is to be done with each item of a chunk: answered already (rejected, conflict), to be answered from the store (replay), like an
/// earlier item of the same chunk, or fresh.
/// </summary>
internal sealed class ChunkPlan
{
    private readonly Dictionary<Guid, FreshTransaction> _first;

    private ChunkPlan(int count)
    {
        Outcomes = new TransactionOutcome?[count];
        _first = new Dictionary<Guid, FreshTransaction>(count);
    }

    /// <summary>One place an item; null until it is answered.</summary>
    public TransactionOutcome?[] Outcomes { get; }

    public List<FreshTransaction> Fresh { get; } = [];

    /// <summary>Items whose decision is stored already.</summary>
    public List<(int Index, Guid TransactionRef)> Replays { get; } = [];

    /// <summary>Items that repeat an earlier item of this chunk.</summary>
    public List<(int Index, int FirstIndex)> Repeats { get; } = [];

    /// <param name="chunk">To be planned.</param>
    /// <param name="ahead">The chunk whose commit is under way; an item that repeats one of its items is answered by what that commit comes to.</param>
    /// <param name="index">The ids that are taken.</param>
    /// <param name="ids">For the fresh ones.</param>
    /// <param name="now">When they were received.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static async Task<ChunkPlan> MakeAsync(
        TransactionChunk chunk, PreparedChunk? ahead, IdempotencyIndex index, OrderedIds ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Guid[] keys = KeysOf(chunk);
        if (ahead is not null && Array.Exists(keys, ahead.Plan._first.ContainsKey))
        {
            await ahead.Ended;
        }

        return Make(chunk, keys, await index.FindAsync(keys, cancellationToken), ids, now);
    }

    /// <summary>As if none of these had been sent before: for whoever only asks what would be decided.</summary>
    public static ChunkPlan Unseen(TransactionChunk chunk, OrderedIds ids, DateTimeOffset now) => Make(chunk, KeysOf(chunk), [], ids, now);

    private static ChunkPlan Make(TransactionChunk chunk, Guid[] keys, Dictionary<Guid, KnownTransaction> known, OrderedIds ids, DateTimeOffset now)
    {
        ChunkPlan plan = new(chunk.Items.Count);
        byte[] random = RandomNumberGenerator.GetBytes(OrderedIds.RandomBytes * keys.Length);
        int next = 0;
        for (int i = 0; i < chunk.Items.Count; i++)
        {
            if (chunk.Items[i].Item is TransactionItem.Valid valid)
            {
                plan.Place(i, chunk, valid.Transaction, keys[next], known, ids.Next(now, random.AsSpan(next * OrderedIds.RandomBytes)), now);
                next++;
            }
            else
            {
                TransactionItem.Invalid invalid = (TransactionItem.Invalid)chunk.Items[i].Item;
                plan.Outcomes[i] = new TransactionOutcome.Rejected(invalid.TransactionId, invalid.Error);
            }
        }

        return plan;
    }

    /// <summary>Every outcome in its place, once the fresh ones are answered.</summary>
    public TransactionOutcome[] Answer(Dictionary<Guid, AnsweredTransaction> earlier)
    {
        foreach ((int index, Guid transactionRef) in Replays)
        {
            Outcomes[index] = new TransactionOutcome.Scored(earlier[transactionRef].Result, Replayed: true) { Thresholds = earlier[transactionRef].Thresholds };
        }

        foreach ((int index, int firstIndex) in Repeats)
        {
            Outcomes[index] = ((TransactionOutcome.Scored)Outcomes[firstIndex]!) with { Replayed = true };
        }

        return Outcomes!;
    }

    /// <summary>One key for each valid item, in order.</summary>
    private static Guid[] KeysOf(TransactionChunk chunk)
    {
        Guid[] keys = new Guid[chunk.Items.Count];
        int count = 0;
        foreach (ChunkItem item in chunk.Items)
        {
            if (item.Item is TransactionItem.Valid valid)
            {
                keys[count++] = IdempotencyKey.Of(chunk.Namespace, item.Source, valid.Transaction.IdempotencyKeyHash);
            }
        }

        return count == keys.Length ? keys : keys[..count];
    }

    private void Place(
        int index, TransactionChunk chunk, NewTransaction transaction, Guid key, Dictionary<Guid, KnownTransaction> known,
        Guid id, DateTimeOffset now)
    {
        if (known.TryGetValue(key, out KnownTransaction stored))
        {
            if (stored.BodyHash == IdempotencyRow.BodyHashOf(transaction.BodyHash))
            {
                Replays.Add((index, stored.TransactionRef));
            }
            else
            {
                Outcomes[index] = Conflict(transaction);
            }
        }
        else if (_first.TryGetValue(key, out FreshTransaction? earlier))
        {
            if (earlier.New.BodyHash.AsSpan().SequenceEqual(transaction.BodyHash))
            {
                Repeats.Add((index, earlier.Index));
            }
            else
            {
                Outcomes[index] = Conflict(transaction);
            }
        }
        else
        {
            ChunkItem item = chunk.Items[index];
            FreshTransaction fresh = new(index, item, transaction, key, RowOf(transaction, item.Source, chunk.Namespace, id, now));
            _first.Add(key, fresh);
            Fresh.Add(fresh);
        }
    }

    private static TransactionOutcome.Conflict Conflict(NewTransaction transaction) => new(
        transaction.TransactionId,
        "This transaction_id was already used with other fields, and a decision is never overwritten. Send a new transaction_id, or re-send the same fields to get the stored answer.");

    public static TransactionRow RowOf(NewTransaction transaction, string source, string @namespace, Guid id, DateTimeOffset now) => new()
    {
        Id = id,
        Namespace = @namespace,
        Source = source,
        TransactionId = transaction.TransactionId,
        AccountId = transaction.AccountId,
        AccountHash = (long)Scoring.Features.StableHash.Of(transaction.AccountId),
        CounterpartyId = transaction.CounterpartyId,
        Type = transaction.Type,
        Amount = transaction.Amount,
        Currency = transaction.Currency,
        IsCredit = transaction.IsCredit,
        OccurredAt = transaction.OccurredAt,
        ReceivedAt = now,
        Meta = transaction.Meta,
        Label = transaction.Label,
    };
}
