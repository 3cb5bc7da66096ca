using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions.Evaluations;
using FinObs.DataPlane.Decisions.Feedback;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Decisions;

internal static class DecisionServices
{
    public static IServiceCollection AddDecisions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StoredTransactions>();
        services.AddSingleton<IAuditProjection, DecisionProjection>();
        services.AddTransient<IEvidencePart, ExplanationEvidence>();
        services.AddSingleton<ISchemaExtra, RecordTables>();
        services.AddRules(configuration);
        services.AddOptions<OverrideOptions>().Bind(configuration.GetSection(OverrideOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IAuditProjection, OverrideProjection>();
        services.AddSingleton<OverrideWriter>();
        services.AddSingleton<DecisionOverrides>();
        services.AddSingleton<DecisionStories>();
        services.AddSingleton<IApprovedAction, OverrideAction>();
        services.AddSingleton<IAuditProjection, FeedbackProjection>();
        services.AddSingleton<DecisionFeedback>();
        services.AddSingleton<RealisedPerformance>();
        services.AddSingleton<IAuditProjection, EvaluationProjection>();
        services.AddSingleton<ModelEvaluations>();
        services.AddSingleton<Leaderboard>();
        return services;
    }
}

/// <summary>What was decided, and on what, is a record: the database itself refuses to change it. Of a transaction it lets go of whose it was, when that is erased, and of nothing else.</summary>
internal sealed class RecordTables : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) =>
    [
        .. AppendOnlyTables.Statements(kind, LedgerPersonalRows.Transactions.Name, "decisions", "idempotency", "decision_overrides", "decision_feedback", "model_evaluations"),
        .. LedgerPersonalRows.Transactions.Statements(kind),
    ];
}
