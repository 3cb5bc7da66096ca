using FinObs.DataPlane.Models.Remote;

namespace FinObs.DataPlane.Models;

internal static class ModelServices
{
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection(ModelOptions.Section)).ValidateOnStart();
        services.AddOptions<RemoteOptions>().Bind(configuration.GetSection(RemoteOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RemoteScorers>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<ModelLibrary>();
        services.AddSingleton<EngineDirectory>();
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<ModelStartup>();
        return services;
    }
}
