using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Notification;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Resources;

internal static class ResourcesServices
{
    public static IServiceCollection AddResources(this IServiceCollection services)
    {
        services.AddSingleton<ISchemaExtra, ResourcesSchema>();
        foreach (string act in (string[])[ResourceActs.Applied, ResourceActs.Deleted])
        {
            services.AddSingleton<IAuditProjection>(provider => new ResourceProjection(provider.GetRequiredService<IDatabase>(), act));
        }

        services.AddSingleton<SecretVault>();
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton(Feed);
        services.AddSingleton<ResourceCatalogue>();
        services.AddSingleton<ResourceCommit>();
        services.AddSingleton<ResourceWork>();
        services.AddSingleton<ResourceDrain>();
        services.AddSingleton<ResourceStatuses>();
        services.AddSingleton<ResourceDoor>();
        services.AddHostedService<ResourceWorker>();
        return services;
    }

    private static IChangeFeed Feed(IServiceProvider provider) => provider.GetRequiredService<IDatabase>() is PostgresDatabase postgres
        ? new PostgresChangeFeed(postgres, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresChangeFeed>>())
        : new SingleProcessFeed();
}
