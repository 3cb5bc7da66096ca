using System.Diagnostics;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Transactions;

/// <summary>One commit holds everything that a chunk of decisions makes so; before it nothing has happened, after it everything.</summary>
internal sealed class TransactionCommit(IDatabase database, AccountProfileStore profiles, AuditComposer audit, OutboxSignal outbox)
{
    private const string Actor = "system:pipeline";

    /// <summary>Rows below which a second thread costs more than it saves.</summary>
    private const int SealedByOneThread = 500;

    public async Task WriteAsync(DecidedChunk chunk, CancellationToken cancellationToken)
    {
        DecisionRow[] decisions = new DecisionRow[chunk.Plan.Fresh.Count];
        ComposedLeaf[] leaves = new ComposedLeaf[decisions.Length];
        NewSubjectKeys keys = await SealAsync(chunk, decisions, leaves, cancellationToken);
        try
        {
            await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
            await InsertAsync(session, chunk, keys, decisions, leaves, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
        catch
        {
            // Whatever was learnt of these accounts is of no commit: it is read again.
            profiles.Forget(chunk.Profiles.Values);
            throw;
        }

        profiles.Publish(chunk.Profiles.Values);
        keys.Committed();
        outbox.Raise();
        for (int i = 0; i < decisions.Length; i++)
        {
            chunk.Plan.Outcomes[chunk.Plan.Fresh[i].Index] =
                new TransactionOutcome.Scored(TransactionResults.Of(chunk.Transaction(i), decisions[i], chunk.Engine(i)), Replayed: false)
                {
                    Thresholds = chunk.Engine(i)?.Thresholds ?? DecisionThresholds.Default,
                };
        }
    }

    /// <summary>Decision rows and the leaves that commit to them, and the keys of new subjects.</summary>
    private async Task<NewSubjectKeys> SealAsync(DecidedChunk chunk, DecisionRow[] decisions, ComposedLeaf[] leaves, CancellationToken cancellationToken)
    {
        using Activity? span = FinObsTelemetry.StartStep(Steps.Seal);
        (AuditBatch prepared, NewSubjectKeys keys) = await audit.PrepareInCommitAsync(
            chunk.Namespace, chunk.Plan.Fresh.Select(fresh => fresh.Row.AccountId), cancellationToken);
        using AuditBatch batch = prepared;
        int parts = Math.Min(Environment.ProcessorCount, 1 + (decisions.Length / SealedByOneThread));
        if (parts == 1)
        {
            Seal(batch, chunk, decisions, leaves, 0, decisions.Length);
            return keys;
        }

        // Hashing and encrypting is half of what a large chunk costs here, and no row needs another.
        Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellationToken }, part =>
        {
            using AuditBatch own = batch.Fork();
            Seal(own, chunk, decisions, leaves, decisions.Length * part / parts, decisions.Length * (part + 1) / parts);
        });
        return keys;
    }

    private static void Seal(AuditBatch batch, DecidedChunk chunk, DecisionRow[] decisions, ComposedLeaf[] leaves, int from, int to)
    {
        CanonicalJsonWriter writer = new();
        for (int i = from; i < to; i++)
        {
            TransactionRow transaction = chunk.Transaction(i);
            decisions[i] = chunk.Decision(i);
            leaves[i] = batch.Compose(new AuditAct
            {
                Namespace = chunk.Namespace,
                Kind = DecisionPayload.Kind,
                At = chunk.Now,
                Actor = Actor,
                Subject = transaction.AccountId,
                Ref = transaction.Id,
                Payload = DecisionPayload.Write(writer, transaction, decisions[i], chunk.Engine(i)),
                Traceparent = TraceparentOf(decisions[i].TraceId),
                Topic = DecisionPayload.Kind,
            });
            decisions[i].LeafId = leaves[i].LeafId;
        }
    }

    private static async Task InsertAsync(
        IWriteSession session, DecidedChunk chunk, NewSubjectKeys keys, DecisionRow[] decisions, ComposedLeaf[] leaves, CancellationToken cancellationToken)
    {
        int count = decisions.Length;

        (IBulkRows added, IBulkRows swapped) = AccountProfileStore.RowsOf(chunk.Profiles.Values, chunk.Now);

        // The ids first: where another replica has taken one, nothing else need be written.
        int[] written = await session.InsertAsync(
            [
                IdempotencyRow.Table.Rows(Rows(count, chunk.Idempotency)),
                swapped,
                added,
                SubjectKeyRow.Table.Rows(keys.Rows),
                TransactionRow.Table.Rows(Rows(count, chunk.Transaction)),
                DecisionRow.Table.Rows(decisions),
                AuditLeaf.Table.Rows(Rows(count, i => leaves[i].Leaf)),
                OutboxBlock.Rows(Rows(count, i => leaves[i].Outbox)),
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
