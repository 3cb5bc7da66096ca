using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary><c>get_transaction</c>.</summary>
internal sealed class GetTransactionTool(TransactionFinder finder, TransactionDetails details) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "get_transaction",
        Title = "One decided transaction",
        Description = "Shows a transaction that was decided: decision of record with reasons and thresholds, the exact explanation, what people decided otherwise, the model's digest, and where its proof is. Account and "
            + "counterparty are tokens, the same for the same one. To prove it to somebody use get_decision_evidence.",
        Permission = Permissions.TransactionRead,
        Input = new ToolInput(TransactionFinder.Id, TransactionFinder.Source, ToolField.Namespace()),
        Output = typeof(TransactionDetail),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        (StoredTransaction? found, string? problem) = await finder.FindAsync(call, cancellationToken);

        // What the sender put into meta has any form: it stays here.
        return found is null
            ? new ToolAnswer.Refused(problem!)
            : new ToolAnswer.Done(await details.OfAsync(found, cancellationToken) with { Meta = null }) { Decision = found.Decision.Decision.OnTheWire() };
    }
}
