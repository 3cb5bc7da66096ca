using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Experiments.Measuring;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Experiments;

internal static class ExperimentServices
{
    public static IServiceCollection AddExperiments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ExperimentOptions>().Bind(configuration.GetSection(ExperimentOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ExperimentStore>();
        services.AddSingleton<ExperimentVersions>();
        services.AddSingleton<ExperimentPairs>();
        services.AddSingleton<ExperimentSamples>();
        services.AddSingleton<ExperimentApproval>();
        services.AddSingleton<ExperimentRuns>();
        services.AddSingleton<ExperimentVerbs>();
        services.AddSingleton<IRouteClaims, ExperimentClaims>();
        services.AddSingleton<IApprovedAction>(provider => provider.GetRequiredService<ExperimentApproval>());
        services.AddSingleton<IResourceHandler, ExperimentHandler>();
        services.AddSingleton<IAuditProjection, ExperimentProjection>();
        services.AddSingleton<ISchemaExtra, ExperimentSchema>();
        return services;
    }
}
