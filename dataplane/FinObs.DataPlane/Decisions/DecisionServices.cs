using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Decisions;

internal static class DecisionServices
{
    public static IServiceCollection AddDecisions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StoredTransactions>();
        services.AddSingleton<IAuditProjection, DecisionProjection>();
        services.AddSingleton<ISchemaExtra, RecordTables>();
        services.AddRules(configuration);
        return services;
    }
}

/// <summary>What was decided, and on what, is a record: the database itself refuses to change it.</summary>
internal sealed class RecordTables : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "transactions", "decisions", "idempotency");
}
