using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Transactions;

/// <summary>One commit holds everything that a chunk of decisions makes so; before it nothing has happened, after it everything.</summary>
internal sealed class TransactionCommit(IDatabase database, AccountProfileStore profiles, AuditComposer audit, OutboxSignal outbox, ShadowQueue shadows)
{
    private const string Actor = "system:pipeline";

    /// <summary>Rows below which a second thread costs more than it saves.</summary>
    private const int SealedByOneThread = 500;

    /// <summary>Decision rows and the leaves that commit to them, and the keys of new subjects.</summary>
    public async Task<SealedChunk> SealAsync(DecidedChunk chunk, NewSubjectKeys? ahead, CancellationToken cancellationToken)
    {
        (AuditBatch prepared, NewSubjectKeys keys) = await audit.PrepareInCommitAsync(
            chunk.Namespace, chunk.Plan.Fresh.Select(fresh => fresh.Row.AccountId), ahead, cancellationToken);
        using AuditBatch batch = prepared;
        SealedChunk made = new(chunk, keys, new DecisionRow[chunk.Plan.Fresh.Count], new ComposedLeaf[chunk.Plan.Fresh.Count]);
        int count = made.Decisions.Length;
        int parts = Math.Min(Environment.ProcessorCount, 1 + (count / SealedByOneThread));
        if (parts == 1)
        {
            Seal(batch, made, 0, count);
            return made;
        }

        // Hashing and encrypting is half of what a large chunk costs here, and no row needs another.
        Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            using AuditBatch own = batch.Fork();
            Seal(own, made, count * part / parts, count * (part + 1) / parts);
        });
        return made;
    }

    public async Task WriteAsync(SealedChunk chunk, CancellationToken cancellationToken)
    {
        DecidedChunk decided = chunk.Decided;
        try
        {
            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            await InsertAsync(session, chunk, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
        catch
        {
            // Whatever was learnt of these accounts is of no commit: it is read again.
            profiles.Forget(decided.Profiles.Values);
            throw;
        }

        profiles.Publish(decided.Profiles.Values);
        audit.Committed(chunk.Keys);
        outbox.Raise();
        ShadowOffers.Offer(shadows, decided);
        for (int i = 0; i < chunk.Decisions.Length; i++)
        {
            decided.Plan.Outcomes[decided.Plan.Fresh[i].Index] =
                new TransactionOutcome.Scored(TransactionResults.Of(decided.Transaction(i), chunk.Decisions[i], decided.Engine(i)), Replayed: false)
                {
                    Thresholds = decided.Engine(i)?.Thresholds ?? DecisionThresholds.Default,
                };
        }
    }

    /// <summary>The rows as <see cref="WriteAsync"/> writes them, and no commit.</summary>
    public async Task RehearseAsync(SealedChunk chunk, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await InsertAsync(session, chunk, cancellationToken);
    }

    private static void Seal(AuditBatch batch, SealedChunk made, int from, int to)
    {
        DecidedChunk chunk = made.Decided;
        CanonicalJsonWriter writer = new();
        for (int i = from; i < to; i++)
        {
            TransactionRow transaction = chunk.Transaction(i);
            DecisionRow decision = made.Decisions[i] = chunk.Decision(i);
            made.Leaves[i] = batch.Compose(new AuditAct
            {
                Namespace = chunk.Namespace,
                Kind = DecisionPayload.Kind,
                At = chunk.Now,
                Actor = Actor,
                Subject = transaction.AccountId,
                Ref = transaction.Id,
                Payload = DecisionPayload.Write(writer, transaction, decision, chunk.Engine(i)),
                Traceparent = TraceparentOf(decision.TraceId),
                Topic = DecisionPayload.Kind,
            });
            decision.LeafId = made.Leaves[i].LeafId;
        }
    }

    private static async Task InsertAsync(IWriteSession session, SealedChunk chunk, CancellationToken cancellationToken)
    {
        DecidedChunk decided = chunk.Decided;
        int count = chunk.Decisions.Length;
        (IBulkRows added, IBulkRows swapped) = AccountProfileStore.RowsOf(decided.Profiles.Values, decided.Now);

        // The ids first: where another replica has taken one, nothing else need be written.
        int[] written = await session.InsertAsync(
            [
                IdempotencyRow.Table.Rows(Rows(count, decided.Idempotency)),
                swapped,
                added,
                SubjectKeyRow.Table.Rows(chunk.Keys.Rows),
                TransactionRow.Table.Rows(Rows(count, decided.Transaction)),
                DecisionRow.Table.Rows(chunk.Decisions),
                AuditLeaf.Table.Rows(Rows(count, i => chunk.Leaves[i].Leaf)),
                OutboxBlock.Rows(Rows(count, i => chunk.Leaves[i].Outbox)),
            ],
            cancellationToken);
        AccountProfileStore.EnsureSwapped(swapped.Count, written[1]);
    }

    private static T[] Rows<T>(int count, Func<int, T> row)
    {
        T[] rows = new T[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = row(i);
        }

        return rows;
    }

    /// <summary>The request's trace with the all-zero-but-one span id: the act belongs to the trace, not to one span of it.</summary>
    private static string? TraceparentOf(string? traceId) => traceId is null ? null : $"00-{traceId}-0000000000000001-01";
}
