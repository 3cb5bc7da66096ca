using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Storage.Redis;

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
        services.AddSingleton(provider => new HeardSignal(ReplicaWord.ResourcesChanged, provider.GetRequiredService<ChangeSignal>()));
        services.AddSingleton(provider => new HeardSignal(ReplicaWord.EventsNumbered, provider.GetRequiredService<EventSignal>()));
        services.AddHostedService<WordListener>();
        services.AddHostedService<EventRetention>();
        return services;
    }

    private static IReplicaWords Words(IServiceProvider provider)
    {
        if (provider.GetRequiredService<IDatabase>() is not PostgresDatabase postgres)
        {
            return new SingleProcess();
        }

        PostgresWords words = new(postgres, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresWords>>());
        return provider.GetService<ReplicaRedis>() is { } redis ? new RedisWords(redis, words) : words;
    }
}
