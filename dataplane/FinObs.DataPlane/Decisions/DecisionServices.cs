using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Decisions;

internal static class DecisionServices
{
    public static IServiceCollection AddDecisions(this IServiceCollection services)
    {
        services.AddSingleton<StoredTransactions>();
        services.AddSingleton<IAuditProjection, DecisionProjection>();
        services.AddTransient<IEvidencePart, ExplanationEvidence>();
        services.AddSingleton<ISchemaExtra, RecordTables>();
        return services;
    }
}

/// <summary>What was decided, and on what, is a record: the database itself refuses to change it. Of a transaction it lets go of whose it was, when that is erased, and of nothing else.</summary>
internal sealed class RecordTables : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) =>
    [
        .. AppendOnlyTables.Statements(kind, LedgerPersonalRows.Transactions.Name, "decisions", "idempotency"),
        .. LedgerPersonalRows.Transactions.Statements(kind),
    ];
}
