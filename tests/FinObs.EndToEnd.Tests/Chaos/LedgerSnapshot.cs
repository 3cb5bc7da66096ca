using System.Data;
using System.Data.Common;
using System.Globalization;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.Data.Sqlite;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>One stored transaction and what its sender was, or would have been, told.</summary>
internal sealed record StoredAnswer(string TransactionId, Guid Id, string Decision, double? Score, string? TraceId);

/// <summary>What the tables hold, asked in plain SQL.</summary>
internal static class LedgerSnapshot
{
    /// <summary>Each must be 0; together they say that a transaction is there with all that belongs to it, or not at all.</summary>
    private static readonly (string Rule, string Sql)[] Contradictions =
    [
        ("transactions stored twice", "SELECT count(*) - count(DISTINCT transaction_id) FROM transactions"),
        ("transactions without their decision", "SELECT count(*) FROM transactions t LEFT JOIN decisions d ON d.id = t.id AND d.transaction_ref = t.id WHERE d.id IS NULL"),
        ("decisions without their transaction", "SELECT count(*) FROM decisions d LEFT JOIN transactions t ON t.id = d.transaction_ref WHERE t.id IS NULL"),
        ("transactions without their idempotency row", "SELECT count(*) FROM transactions t LEFT JOIN idempotency i ON i.transaction_ref = t.id WHERE i.transaction_ref IS NULL"),
        ("idempotency rows beyond the transactions", "SELECT (SELECT count(*) FROM idempotency) - (SELECT count(*) FROM transactions)"),
        ("decisions without their leaf", "SELECT count(*) FROM decisions d LEFT JOIN audit_leaves l ON l.id = d.leaf_id AND l.ref_id = d.id WHERE l.id IS NULL"),
        ("leaves of decisions beyond the decisions", "SELECT (SELECT count(*) FROM audit_leaves WHERE kind = 'decision.made') - (SELECT count(*) FROM decisions)"),
        ("leaves neither in the tree nor waiting", "SELECT (SELECT count(*) FROM audit_leaves) - (SELECT count(*) FROM audit_entries) - (SELECT coalesce(sum(messages), 0) FROM outbox)"),
        ("gaps in the tree", "SELECT coalesce(max(leaf_index) + 1, 0) - count(*) FROM audit_entries"),
        ("gaps in the stream", "SELECT coalesce(max(last_id), 0) - coalesce(sum(last_id - first_id + 1), 0) FROM events"),
        ("decisions that the stream does not tell", "SELECT (SELECT count(*) FROM decisions) - (SELECT coalesce(sum(last_id - first_id + 1), 0) FROM events WHERE topic = 'decision.made') - (SELECT coalesce(sum(messages), 0) FROM outbox WHERE topic = 'decision.made')"),
        ("accounts without a profile", "SELECT count(DISTINCT t.account_id) - (SELECT count(*) FROM account_profiles) FROM transactions t"),
    ];

    /// <summary>The rules that the stored rows break, each with how often; empty is as it must be.</summary>
    public static async Task<List<string>> ContradictionsAsync(DbConnection connection)
    {
        List<string> broken = [];

        // One view of all tables: the sequencer moves rows from one to the other meanwhile.
        await using DbTransaction oneView = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
        foreach ((string rule, string sql) in Contradictions)
        {
            await using DbCommand command = connection.CreateCommand();
            command.Transaction = oneView;
            command.CommandText = sql;
            long count = Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
            if (count != 0)
            {
                broken.Add($"{rule}: {count}");
            }
        }

        return broken;
    }

    /// <summary>The newest transaction's id; ids are ordered by the time of arrival.</summary>
    public static async Task<Guid> NewestAsync(DbConnection connection, DatabaseKind kind)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM transactions ORDER BY id DESC LIMIT 1";
        await using DbDataReader row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        return await row.ReadAsync(TestContext.Current.CancellationToken) ? row.GetId(kind, 0) : Guid.Empty;
    }

    /// <summary>How many transactions came after that one.</summary>
    public static async Task<long> CountSinceAsync(DbConnection connection, DatabaseKind kind, Guid id)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM transactions WHERE id > @id";
        command.With(kind, "id", id);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>The transactions that came after that one, by the sender's id: twice the same id throws.</summary>
    public static async Task<Dictionary<string, StoredAnswer>> AnswersSinceAsync(DbConnection connection, DatabaseKind kind, Guid id)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT t.transaction_id, t.id, d.decision, d.score, d.trace_id FROM transactions t JOIN decisions d ON d.transaction_ref = t.id WHERE t.id > @id ORDER BY t.id";
        command.With(kind, "id", id);
        Dictionary<string, StoredAnswer> answers = [];
        await using DbDataReader row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            StoredAnswer answer = new(
                row.GetString(0), row.GetId(kind, 1), row.GetString(2), await row.IsDBNullAsync(3, TestContext.Current.CancellationToken) ? null : row.GetDouble(3), row.GetBytesOrNull(4) is { } trace ? Convert.ToHexStringLower(trace) : null);
            answers.Add(answer.TransactionId, answer);
        }

        return answers;
    }
}
