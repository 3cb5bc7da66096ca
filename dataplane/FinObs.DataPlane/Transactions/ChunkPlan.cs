using System.Security.Cryptography;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Transactions;

/// <summary>A transaction of this chunk that was never seen before.</summary>
internal sealed record FreshTransaction(int Index, ChunkItem Item, NewTransaction New, TransactionRow Row);

/// <summary>
/// What is to be done with each item of a chunk: answered already (rejected, conflict), to be answered from the store (replay), like an
/// earlier item of the same chunk, or fresh.
/// </summary>
internal sealed class ChunkPlan
{
    private ChunkPlan(int count) => Outcomes = new TransactionOutcome?[count];

    /// <summary>One place an item; null until it is answered.</summary>
    public TransactionOutcome?[] Outcomes { get; }

    public List<FreshTransaction> Fresh { get; } = [];

    /// <summary>Items whose decision is stored already.</summary>
    public List<(int Index, Guid TransactionRef)> Replays { get; } = [];

    /// <summary>Items that repeat an earlier item of this chunk.</summary>
    public List<(int Index, int FirstIndex)> Repeats { get; } = [];

    public static async Task<ChunkPlan> MakeAsync(
        TransactionChunk chunk, IdempotencyIndex index, OrderedIds ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (string Source, byte[] KeyHash)[] keys =
            [.. chunk.Items.Where(item => item.Item is TransactionItem.Valid).Select(item => (item.Source, ((TransactionItem.Valid)item.Item).Transaction.IdempotencyKeyHash))];
        Dictionary<IdempotencyKey, KnownTransaction> known = await index.FindAsync(chunk.Namespace, keys, cancellationToken);
        ChunkPlan plan = new(chunk.Items.Count);
        Dictionary<IdempotencyKey, FreshTransaction> first = [];
        for (int i = 0; i < chunk.Items.Count; i++)
        {
            plan.Place(i, chunk, known, first, ids, now);
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

    private void Place(
        int index, TransactionChunk chunk, Dictionary<IdempotencyKey, KnownTransaction> known, Dictionary<IdempotencyKey, FreshTransaction> first,
        OrderedIds ids, DateTimeOffset now)
    {
        ChunkItem item = chunk.Items[index];
        if (item.Item is TransactionItem.Invalid invalid)
        {
            Outcomes[index] = new TransactionOutcome.Rejected(invalid.TransactionId, invalid.Error);
            return;
        }

        NewTransaction transaction = ((TransactionItem.Valid)item.Item).Transaction;
        IdempotencyKey key = IdempotencyKey.Of(item.Source, transaction.IdempotencyKeyHash);
        if (known.TryGetValue(key, out KnownTransaction? stored))
        {
            if (stored.BodyHash.AsSpan().SequenceEqual(transaction.BodyHash))
            {
                Replays.Add((index, stored.TransactionRef));
            }
            else
            {
                Outcomes[index] = Conflict(transaction);
            }
        }
        else if (first.TryGetValue(key, out FreshTransaction? earlier))
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
            FreshTransaction fresh = new(index, item, transaction, RowOf(transaction, item.Source, chunk.Namespace, ids.Next(now, RandomNumberGenerator.GetBytes(OrderedIds.RandomBytes)), now));
            first.Add(key, fresh);
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
