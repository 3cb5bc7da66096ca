using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Models.Verification;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Outbound;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models;

internal static class ModelServices
{
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection(ModelOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RemoteOptions>().Bind(configuration.GetSection(RemoteOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RemoteScorers>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<ModelLibrary>();
        services.AddSingleton<ModelCatalogue>();
        services.AddSingleton<EngineDirectory>();
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<ModelStartup>();
        services.AddModelResources();
        return services;
    }

    /// <summary>What makes ModelVersions so.</summary>
    private static void AddModelResources(this IServiceCollection services)
    {
        services.AddSingleton<ArtifactStore>();
        services.AddSingleton<UploadGate>();
        services.AddSingleton<RouteStore>();
        services.AddSingleton<IAuditProjection, ArtifactProjection>();
        services.AddSingleton<IAuditProjection, RouteProjection>();
        services.AddSingleton(Fetcher);
        services.AddSingleton<ArtifactSignatures>();
        services.AddSingleton<ArtifactVerifier>();
        services.AddSingleton<ReadinessStore>();
        services.AddSingleton<ReadinessFollower>();
        services.AddSingleton<IServingEndpoints, RoutedEndpoints>();
        services.AddSingleton<ModelSync>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelSync>());
        services.AddSingleton<ExternalServers>();
        services.AddSingleton<ModelVersionStates>();
        services.AddSingleton<RouteEntries>();
        services.AddSingleton<ModelRouting>();
        services.AddSingleton<ModelChoices>();
        services.AddSingleton<ModelVersionStatuses>();
        services.AddSingleton<IResourceHandler, ModelVersionHandler>();
    }

    private static ArtifactFetcher Fetcher(IServiceProvider provider)
    {
        ModelOptions options = provider.GetRequiredService<IOptions<ModelOptions>>().Value;
        return new ArtifactFetcher(new OutboundAddresses(options.AllowPrivateAddresses, options.AllowedCidrs).CreateHandler(), options.FetchTimeout);
    }
}
