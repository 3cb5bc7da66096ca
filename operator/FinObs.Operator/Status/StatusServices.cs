namespace FinObs.Operator.Status;

internal static class StatusServices
{
    public static IServiceCollection AddStatus(this IServiceCollection services)
    {
        services.AddSingleton(typeof(StatusWriter<>));
        services.AddSingleton<EventQueue>();
        services.AddSingleton<EventRecorder>();
        services.AddHostedService<EventWriter>();
        return services;
    }
}
