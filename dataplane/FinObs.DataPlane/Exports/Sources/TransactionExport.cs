using System.Runtime.CompilerServices;
using System.Text;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>Transactions with their decisions of record.</summary>
internal sealed class TransactionExport(IDatabase database, EngineDirectory engines) : IExportSource
{
    public string Type => "transactions";

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("id"), new("transaction_id"), new("source"), new("account", IsPersonal: true), new("counterparty", IsPersonal: true), new("type"), new("amount"), new("currency"), new("direction"),
        new("occurred_at"), new("received_at"), new("decision"), new("score"), new("margin"), new("model_version"), new("model_digest"), new("reasons"), new("meta", IsPersonal: true), new("trace_id"), new("leaf_id"),
    ];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        ["decision"] = "approve, manual_review or block",
        ["type"] = "a transaction's type, e.g. wire",
        ["source"] = "who sent it",
        ["flagged"] = "true: all but approvals",
    };

    public string? Refuse(string filter, string value) => filter switch
    {
        "decision" when DecisionNames.Parse(value) is null => "decision is approve, manual_review or block.",
        "flagged" when value is not ("true" or "false") => "flagged is true or false.",
        _ => null,
    };

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (StoredTransaction row in ExportPages.ReadAsync(
            database, scope,
            (db, after, until) => Apply(StoredTransactions.Joined(db), scope).Where(row => row.Transaction.Id > after && row.Transaction.Id < until).OrderBy(row => row.Transaction.Id),
            row => row.Transaction.Id, cancellationToken))
        {
            yield return Values(row, await engines.FindAsync(row.Decision.EngineId, cancellationToken));
        }
    }

    private static IQueryable<StoredTransaction> Apply(IQueryable<StoredTransaction> rows, ExportScope scope)
    {
        rows = rows.Where(row => row.Transaction.Namespace == scope.Namespace);
        if (scope.Filters.TryGetValue("decision", out string? name) && DecisionNames.Parse(name) is { } decision) rows = rows.Where(row => row.Decision.Decision == decision);
        if (scope.Filters.GetValueOrDefault("flagged") == "true") rows = rows.Where(row => row.Decision.Decision != Decision.Approve);
        if (scope.Filters.TryGetValue("type", out string? type)) rows = rows.Where(row => row.Transaction.Type == type);
        return scope.Filters.TryGetValue("source", out string? source) ? rows.Where(row => row.Transaction.Source == source) : rows;
    }

    private static object?[] Values(StoredTransaction stored, EngineIdentity? engine) =>
    [
        stored.Transaction.Id, stored.Transaction.TransactionId, stored.Transaction.Source, stored.Transaction.AccountId, stored.Transaction.CounterpartyId, stored.Transaction.Type,
        stored.Transaction.Amount, stored.Transaction.Currency, stored.Transaction.IsCredit ? "credit" : "debit", stored.Transaction.OccurredAt, stored.Transaction.ReceivedAt,
        stored.Decision.Decision.OnTheWire(), stored.Decision.Score, stored.Decision.Margin, engine?.ModelVersion, engine?.Digest,
        string.Join("; ", ReasonsJson.Read(stored.Decision.Reasons).Select(reason => reason.Code)),
        stored.Transaction.Meta is { } meta ? Encoding.UTF8.GetString(meta) : null, stored.Decision.TraceId, stored.Decision.LeafId,
    ];
}
