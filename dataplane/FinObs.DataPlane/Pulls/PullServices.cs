using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ingestion.Inbound;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Pulls;

internal static class PullServices
{
    /// <summary>What every host needs that writes or verifies: tables and proofs.</summary>
    public static IServiceCollection AddPullRecords(this IServiceCollection services)
    {
        services.AddSingleton<ISchemaExtra, PullsSchema>();
        services.AddSingleton<IAuditProjection, PullProjection>();
        return services;
    }

    public static IServiceCollection AddPulls(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PullOptions>().Bind(configuration.GetSection(PullOptions.Section)).ValidateDataAnnotations()
            .Validate(options => options.PollPeriod >= TimeSpan.FromMilliseconds(10), "Pulls:PollPeriod must be at least 10 ms.")
            .Validate(options => options.LeaseLength >= TimeSpan.FromMilliseconds(100), "Pulls:LeaseLength must be at least 100 ms.")
            .ValidateOnStart();
        services.AddSingleton<PullStore>();
        services.AddSingleton<Quarantine>();
        services.AddSingleton<PreparedSources>();
        services.AddSingleton<PullSignal>();
        services.AddSingleton<PullActs>();
        services.AddTransient<QuarantineRetry>();
        services.AddSingleton<IPullTrigger, InboundPulls>();
        services.AddSingleton<PullModels>();
        services.AddSingleton<PullRunner>();
        services.AddSingleton<PullFigures>();
        services.AddSingleton<IStatusPart>(provider => provider.GetRequiredService<PullFigures>());
        services.AddSingleton<IResourceHandler, PullSourceHandler>();
        services.AddHostedService<PullWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<PullFigures>());
        return services;
    }
}
