using FinObs.DataPlane.Audit;

namespace FinObs.DataPlane.Decisions;

internal static class DecisionServices
{
    public static IServiceCollection AddDecisions(this IServiceCollection services)
    {
        services.AddSingleton<StoredTransactions>();
        services.AddSingleton<IAuditProjection, DecisionProjection>();
        return services;
    }
}
