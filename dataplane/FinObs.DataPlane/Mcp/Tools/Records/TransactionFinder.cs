using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary>The one transaction that a call names.</summary>
internal sealed class TransactionFinder(TransactionLookup lookup)
{
    public static ToolField Id { get; } = ToolField.Text("id", "Our id (the id of an answer or of a list), or the sender's transaction_id.").Required();

    public static ToolField Source { get; } = ToolField.Text("source", "Where it came from (webhook, mcp, …), if several sources used the same transaction_id.", 64);

    /// <summary>The transaction, or what to send instead.</summary>
    public async Task<(StoredTransaction? Found, string? Problem)> FindAsync(ToolCall call, CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = await lookup.FindAsync(call.Text("id")!, call.Text("source"), call.Namespace, cancellationToken);
        return found.Count switch
        {
            1 => (found[0], null),
            0 => (null, "No transaction has this id: use the id of an answer, or the transaction_id as it was sent, and the namespace that it was sent to."),
            _ => (null, $"This transaction_id came from several sources ({string.Join(", ", found.Select(row => row.Transaction.Source).Order(StringComparer.Ordinal))}): add source, or use our id."),
        };
    }
}
