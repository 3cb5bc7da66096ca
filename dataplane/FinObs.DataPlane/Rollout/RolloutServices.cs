using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Rollout.Analysis;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Rollout;

internal static class RolloutServices
{
    public static IServiceCollection AddRollout(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RolloutOptions>().Bind(configuration.GetSection(RolloutOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ShadowQueue>();
        services.AddSingleton<ShadowScoring>();
        services.AddSingleton<ShadowWorker>();
        services.AddSingleton<RolloutStore>();
        services.AddSingleton<RolloutSamples>();
        services.AddSingleton<RolloutAnalysis>();
        services.AddSingleton<RolloutClaims>();
        services.AddSingleton<Rollouts>();
        services.AddSingleton<RolloutWorker>();
        services.AddSingleton<RolloutVerbs>();
        services.AddSingleton<IRouteClaims>(provider => provider.GetRequiredService<RolloutClaims>());
        services.AddSingleton<IRolloutStandings, RolloutStandings>();
        services.AddSingleton<IApprovedAction, RolloutPromotion>();
        services.AddSingleton<IAuditProjection, RolloutProjection>();
        services.AddSingleton<ISchemaExtra, RolloutSchema>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddRolloutWorkers(this IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<ShadowWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<RolloutWorker>());
        return services;
    }
}
