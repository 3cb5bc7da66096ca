using System.Data.Common;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>Reads what holds of a decision, and makes ready what an override writes.</summary>
internal sealed class OverrideWriter(IDatabase database, StoredTransactions stored, AuditedCommit commit, LabelWriter labels)
{
    private const string LabelSource = "override";

    private const string Insert =
        "INSERT INTO decision_overrides (id, namespace, decision_id, transaction_ref, sequence, from_decision, to_decision, note, overridden_by, overridden_at, approval_id, approved_by, leaf_id) "
        + "VALUES (@id, @namespace, @decision_id, @transaction_ref, @sequence, @from, @to, @note, @by, @at, @approval_id, @approved_by, @leaf_id) ON CONFLICT (decision_id, sequence) DO NOTHING";

    /// <summary>The transaction, its decision and what holds; null for an id of none.</summary>
    public async Task<SeenDecision?> SeenAsync(Guid decisionId, CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = await stored.FindAsync([decisionId], cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        OverrideRow? last = await db.DecisionOverrides.Where(row => row.DecisionId == decisionId).OrderByDescending(row => row.Sequence).FirstOrDefaultAsync(cancellationToken);
        return new SeenDecision(found[0], last);
    }

    /// <summary>All of a decision, the first first.</summary>
    public async Task<List<OverrideRow>> OfAsync(Guid decisionId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.DecisionOverrides.Where(row => row.DecisionId == decisionId).OrderBy(row => row.Sequence).ToListAsync(cancellationToken);
    }

    /// <summary>What is to be written; nothing has been.</summary>
    public async Task<ReadyOverride> PrepareAsync(WantedOverride wanted, SeenDecision seen, ApprovedRequest? approval, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        TransactionRow transaction = seen.Stored.Transaction;
        OverrideRow row = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = transaction.Namespace,
            DecisionId = wanted.DecisionId,
            TransactionRef = transaction.Id,
            Sequence = (seen.Last?.Sequence ?? 0) + 1,
            From = wanted.From,
            To = wanted.To,
            Note = wanted.Note,
            By = wanted.By,
            At = now,
            ApprovalId = approval?.Id,
            ApprovedBy = approval is null ? null : string.Join(' ', approval.ApprovedBy),
        };
        PreparedLabels words = LabelOf(wanted.To) is { } label
            ? await labels.PrepareAsync(transaction.Namespace, [new LabelTarget(transaction.Id, transaction.AccountId)], label, LabelSource, wanted.By, row.Id, now, cancellationToken)
            : PreparedLabels.None;
        return new ReadyOverride(row, words, [row.Act(transaction.AccountId), .. words.Acts]);
    }

    /// <summary>Who lets it go says that it was in order, who stops it that it was not; who only wants it looked at says nothing.</summary>
    private static TransactionLabel? LabelOf(Decision to) => to switch { Decision.Approve => TransactionLabel.Legitimate, Decision.Block => TransactionLabel.Fraud, _ => null };

    /// <summary>False where somebody else has overridden it meanwhile.</summary>
    internal static async Task<bool> InsertAsync(IWriteSession session, OverrideRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand insert = session.CreateCommand(Insert)
            .With(kind, "id", row.Id)
            .With(kind, "namespace", row.Namespace)
            .With(kind, "decision_id", row.DecisionId)
            .With(kind, "transaction_ref", row.TransactionRef)
            .With(kind, "sequence", row.Sequence)
            .With(kind, "from", row.From.ToString())
            .With(kind, "to", row.To.ToString())
            .With(kind, "note", row.Note)
            .With(kind, "by", row.By)
            .With(kind, "at", row.At)
            .With(kind, "approval_id", row.ApprovalId)
            .With(kind, "approved_by", row.ApprovedBy)
            .With(kind, "leaf_id", row.LeafId);
        return await insert.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}

/// <summary>A decision and what holds of it.</summary>
internal sealed record SeenDecision(StoredTransaction Stored, OverrideRow? Last)
{
    public Decision Holds => Last?.To ?? Stored.Decision.Decision;
}

/// <summary>An override before its commit: row, label, and the acts of both in this order.</summary>
internal sealed record ReadyOverride(OverrideRow Row, PreparedLabels Labels, IReadOnlyList<AuditAct> Acts)
{
    /// <summary>False where somebody else has overridden it meanwhile; nothing is to be committed then.</summary>
    public async Task<bool> WriteAsync(IWriteSession session, IReadOnlyList<Guid> leaves, CancellationToken cancellationToken)
    {
        if (!await OverrideWriter.InsertAsync(session, Row with { LeafId = leaves[0] }, cancellationToken))
        {
            return false;
        }

        if (Labels.Rows.Count > 0)
        {
            await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
            await Labels.WriteAsync(db, [.. leaves.Skip(1)], cancellationToken);
        }

        return true;
    }
}
