using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Drift.Api;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Drift;

internal static class DriftServices
{
    public static IServiceCollection AddDrift(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DriftOptions>().Bind(configuration.GetSection(DriftOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, DriftSchema>();
        services.AddSingleton<IAuditProjection, DriftProjection>();
        services.AddSingleton<LabelPerformance>();
        services.AddSingleton<ExactFigures>();
        services.AddSingleton<DriftEvaluator>();
        services.AddSingleton<DriftActions>();
        services.AddSingleton<DriftChecks>();
        services.AddSingleton<AgentDriftStatuses>();
        services.AddSingleton<DriftRounds>();
        services.AddSingleton<DefaultWatch>();
        services.AddSingleton<IDriftStandings, DriftStandings>();
        foreach (string topic in new[] { DriftCheckRow.Detected, DriftCheckRow.Warned })
        {
            services.AddSingleton<ICaseSource>(provider => new DriftCases(provider.GetRequiredService<IDatabase>(), topic));
        }

        services.AddSingleton<IResourceHandler, DriftPolicyHandler>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddDriftWorker(this IServiceCollection services) => services.AddHostedService<DefaultWatchWorker>();
}
