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
        services.AddSingleton<EventLog>();
        services.AddHostedService<EventRetention>();
        return services;
    }
}
