using System.Collections.Concurrent;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion;

/// <summary>Stands in for everything behind the doors: remembers what it took, decides by the amount.</summary>
internal sealed class FakePipeline : ITransactionPipeline, ITransactionExplainer
{
    public ConcurrentQueue<Exception> Failures { get; } = new();

    public ConcurrentQueue<TransactionBatch> Batches { get; } = new();

    private readonly Dictionary<(string Namespace, string Source, string Key), (byte[] Body, TransactionResult Result)> _stored = [];

    public int Stored => _stored.Count;

    public Func<TransactionBatch, Task> BeforeEach { get; set; } = _ => Task.CompletedTask;

    public async Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(TransactionBatch batch, CancellationToken ct)
    {
        await BeforeEach(batch);
        if (Failures.TryDequeue(out Exception? failure))
        {
            throw failure;
        }

        Batches.Enqueue(batch);
        lock (_stored)
        {
            return [.. batch.Items.Select(item => Outcome(batch, item))];
        }
    }

    public Task<TransactionExplanations> ExplainAsync(string @namespace, IReadOnlyList<NewTransaction> transactions, CancellationToken ct)
    {
        if (Failures.TryDequeue(out Exception? failure))
        {
            throw failure;
        }

        return Task.FromResult(Samples.Explain(transactions));
    }

    private TransactionOutcome Outcome(TransactionBatch batch, TransactionItem item)
    {
        if (item is TransactionItem.Invalid invalid)
        {
            return new TransactionOutcome.Rejected(invalid.TransactionId, invalid.Error);
        }

        NewTransaction transaction = ((TransactionItem.Valid)item).Transaction;
        var key = (batch.Namespace, batch.Source, Convert.ToHexString(transaction.IdempotencyKeyHash));
        if (_stored.TryGetValue(key, out (byte[] Body, TransactionResult Result) stored))
        {
            return stored.Body.AsSpan().SequenceEqual(transaction.BodyHash)
                ? new TransactionOutcome.Scored(stored.Result, Replayed: true)
                : new TransactionOutcome.Conflict(transaction.TransactionId, "The id is taken by a transaction with another body: send another id.");
        }

        TransactionResult result = Samples.Result(transaction, batch.Source);
        _stored.Add(key, (transaction.BodyHash, result));
        return new TransactionOutcome.Scored(result, Replayed: false);
    }
}
