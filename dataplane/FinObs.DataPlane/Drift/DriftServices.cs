using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Drift;

internal static class DriftServices
{
    public static IServiceCollection AddDrift(this IServiceCollection services)
    {
        services.AddSingleton<ISchemaExtra, DriftSchema>();
        services.AddSingleton<IAuditProjection, DriftProjection>();
        services.AddSingleton<EngineThresholds>();
        services.AddSingleton<DriftEvaluator>();
        services.AddSingleton<DriftChecks>();
        services.AddSingleton<ICaseSource, DriftCases>();
        services.AddSingleton<IResourceHandler, DriftPolicyHandler>();
        return services;
    }
}
