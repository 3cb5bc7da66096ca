using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Monitoring;

internal static class MonitoringServices
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MonitoringOptions>().Bind(configuration.GetSection(MonitoringOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WindowLayouts>();
        services.AddSingleton<VersionWindows>();
        services.AddSingleton<WindowConsumer>();
        services.AddSingleton<MonitoringWorker>();
        services.AddSingleton<IEventReader>(provider => provider.GetRequiredService<WindowConsumer>());
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddMonitoringWorker(this IServiceCollection services) => services.AddHostedService(provider => provider.GetRequiredService<MonitoringWorker>());
}
