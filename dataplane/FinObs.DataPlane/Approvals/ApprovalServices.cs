using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Approvals;

internal static class ApprovalServices
{
    public static IServiceCollection AddApprovals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApprovalOptions>().Bind(configuration.GetSection(ApprovalOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, ApprovalSchema>();
        services.AddSingleton<IAuditProjection>(provider => new ApprovalProjection(provider.GetRequiredService<IDatabase>(), ApprovalActs.Requested, ApprovalActs.RequestPayload));
        services.AddSingleton<IAuditProjection>(provider => new ApprovalProjection(provider.GetRequiredService<IDatabase>(), ApprovalActs.Decided, ApprovalActs.DecisionPayload));
        services.AddSingleton<IAuditProjection, ApprovalVoteProjection>();
        services.AddSingleton<ApprovalPolicies>();
        services.AddSingleton<ApprovedActions>();
        services.AddSingleton<ApprovalStore>();
        services.AddSingleton<ApprovalClock>();
        services.AddSingleton<ApprovalExecution>();
        services.AddSingleton<VoterCheck>();
        services.AddSingleton<ApprovalVoting>();
        services.AddSingleton<IApprovalGate, ApprovalGate>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddApprovalWorker(this IServiceCollection services)
    {
        services.AddSingleton<ApprovalWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ApprovalWorker>());
        return services;
    }
}
