using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox;

internal static class OutboxServices
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<ISchemaExtra, OutboxSchema>();
        services.AddSingleton<OrderedIds>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<EventSignal>();
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<EventLog>();
        services.AddSingleton(Words);
        services.AddHostedService<WordListener>();
        services.AddHostedService<EventRetention>();
        return services;
    }

    private static IReplicaWords Words(IServiceProvider provider) => provider.GetRequiredService<IDatabase>() is PostgresDatabase postgres
        ? new PostgresWords(postgres, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresWords>>())
        : new SingleProcess();
}
