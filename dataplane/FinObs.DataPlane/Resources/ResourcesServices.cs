using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Resources.Files;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Resources;

internal static class ResourcesServices
{
    public static IServiceCollection AddResources(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ISchemaExtra, ResourcesSchema>();
        foreach (string act in (string[])[ResourceActs.Applied, ResourceActs.Deleted])
        {
            services.AddSingleton<IAuditProjection>(provider => new ResourceProjection(provider.GetRequiredService<IDatabase>(), act));
        }

        services.AddSingleton<SecretVault>();
        services.AddOptions<ChangeOptions>()
            .Bind(configuration.GetSection(ChangeOptions.Section))
            .Validate(options => options.PollPeriod >= TimeSpan.FromMilliseconds(100), "Changes:PollPeriod must be at least 100 ms.")
            .ValidateOnStart();
        services.AddSingleton<ResourceCatalogue>();
        services.AddSingleton<ResourceCommit>();
        services.AddSingleton<ResourceWork>();
        services.AddSingleton<ResourceDrain>();
        services.AddSingleton<ResourceAuthors>();
        services.AddSingleton<ResourceStatuses>();
        services.AddSingleton<ResourceDoor>();
        services.AddHostedService<ResourceWorker>();
        services.AddResourceFolder(configuration);
        return services;
    }

    private static void AddResourceFolder(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ResourceFolderOptions>()
            .Bind(configuration.GetSection(ResourceFolderOptions.Section))
            .Validate(options => options.Folder is null || Directory.Exists(options.Folder), "Resources:Folder (--resources) names a folder that is not there.")
            .Validate(options => options.PollPeriod >= TimeSpan.FromMilliseconds(100), "Resources:PollPeriod must be at least 100 ms.")
            .ValidateOnStart();
        services.AddSingleton<FolderSubmissions>();
        services.AddSingleton<ResourceFolder>();
        services.AddHostedService<FolderWatcher>();
    }
}
