using System.Data.Common;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Ledger;

/// <summary>
/// Whose transactions they are, with whom, and what the sender added. Amounts, times and the decision stay: they are the record, of nobody any more. Other accounts' transactions with this one
/// as their counterparty are theirs, and stay until they go themselves.
/// </summary>
internal sealed class LedgerPersonalRows(IProfileShare shared) : IPersonalRows
{
    public static ErasableTable Transactions { get; } = new(
        "transactions",
        "account_id",
        "account_hash",
        ["counterparty_id", "meta"],
        ["id", "namespace", "source", "transaction_id", "type", "amount", "currency", "is_credit", "occurred_at", "received_at", "label"]);

    public async Task<int> EraseAsync(IWriteSession session, ErasedSubject subject, CancellationToken cancellationToken)
    {
        await using DbCommand blank = session.CreateCommand(
            """
            UPDATE transactions SET account_id = @placeholder, account_hash = @newhash, counterparty_id = NULL, meta = NULL
            WHERE account_hash = @hash AND account_id = @account AND namespace = @namespace
            """);
        blank.With(session.Kind, "placeholder", subject.Placeholder).With(session.Kind, "newhash", (long)StableHash.Of(subject.Placeholder))
            .With(session.Kind, "hash", (long)StableHash.Of(subject.Account)).With(session.Kind, "account", subject.Account).With(session.Kind, "namespace", subject.Namespace);
        int rows = await blank.ExecuteNonQueryAsync(cancellationToken);

        await using DbCommand forget = session.CreateCommand("DELETE FROM account_profiles WHERE namespace = @namespace AND account_id = @account");
        forget.With(session.Kind, "namespace", subject.Namespace).With(session.Kind, "account", subject.Account);
        return rows + await forget.ExecuteNonQueryAsync(cancellationToken);
    }

    public void Forget(ErasedSubject subject) => shared.Forget([new AccountKey(subject.Namespace, subject.Account)]);
}
