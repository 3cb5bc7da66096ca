using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Pii.Paths;
using FinObs.DataPlane.Pii.Vault;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace FinObs.DataPlane.Pii;

internal static class PiiServices
{
    /// <summary>To be called before exporters are added: spans pass in the order of registration.</summary>
    public static IServiceCollection AddPii(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PiiGuard(provider.GetRequiredService<AuditKeyring>));
        services.AddSingleton<ReversibleTokens>();
        services.AddSingleton<GuardedSpans>();
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(provider => provider.GetRequiredService<GuardedSpans>()));
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new GuardedLoggerFactory(
            new LoggerFactory(
                provider.GetServices<ILoggerProvider>(), provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(), provider.GetRequiredService<IOptions<LoggerFactoryOptions>>()),
            provider.GetRequiredService<PiiGuard>())));
        return services;
    }
}
