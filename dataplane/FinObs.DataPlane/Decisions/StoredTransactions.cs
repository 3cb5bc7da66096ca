using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions;

/// <summary>A transaction with its decision of record.</summary>
internal sealed record StoredTransaction
{
    public required TransactionRow Transaction { get; init; }

    public required DecisionRow Decision { get; init; }
}

/// <summary>The answer to a transaction, and the thresholds that it was decided by.</summary>
internal sealed record AnsweredTransaction(TransactionResult Result, DecisionThresholds Thresholds);

/// <summary>Reads what the pipeline wrote.</summary>
internal sealed class StoredTransactions(IDatabase database, EngineDirectory engines)
{
    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    public async Task<Dictionary<Guid, AnsweredTransaction>> ResultsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        Dictionary<Guid, AnsweredTransaction> results = new(ids.Count);
        foreach (StoredTransaction stored in await FindAsync(ids, cancellationToken))
        {
            EngineIdentity? engine = await engines.FindAsync(stored.Decision.EngineId, cancellationToken);
            results[stored.Transaction.Id] = new AnsweredTransaction(
                TransactionResults.Of(stored.Transaction, stored.Decision, engine), engine?.Thresholds ?? DecisionThresholds.Default);
        }

        return results;
    }

    public async Task<TransactionResult> ResultAsync(StoredTransaction stored, CancellationToken cancellationToken) =>
        TransactionResults.Of(stored.Transaction, stored.Decision, await engines.FindAsync(stored.Decision.EngineId, cancellationToken));

    public async Task<List<StoredTransaction>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = new(ids.Count);
        await using FinObsDbContext db = database.CreateHotContext();
        foreach (Guid[] part in ids.Distinct().Chunk(IdsPerQuery))
        {
            found.AddRange(await Joined(db).Where(pair => part.Contains(pair.Transaction.Id)).ToListAsync(cancellationToken));
        }

        return found;
    }

    /// <summary>The decision of record has its transaction's id, so this joins two primary keys.</summary>
    public static IQueryable<StoredTransaction> Joined(FinObsDbContext db) =>
        from transaction in db.Transactions
        join decision in db.Decisions on transaction.Id equals decision.Id
        select new StoredTransaction { Transaction = transaction, Decision = decision };
}
