using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Retention.Holds;

namespace FinObs.DataPlane.Retention;

internal static class RetentionServices
{
    /// <summary>The records, for the host and for commands.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateDataAnnotations()
            .Validate(
                options => options.AllowShorter || options.Years >= RetentionOptions.LeastYears,
                $"Retention:Years is less than {RetentionOptions.LeastYears}: set it higher, or Retention:AllowShorter=true where no rule asks for six years.")
            .ValidateOnStart();
        services.AddSingleton<LegalHolds>();
        services.AddSingleton<HoldRelease>();
        services.AddSingleton<IApprovedAction>(provider => provider.GetRequiredService<HoldRelease>());
        services.AddSingleton<IAuditProjection, PlacedHoldProjection>();
        services.AddSingleton<IAuditProjection, ReleasedHoldProjection>();
        services.AddSingleton<SubjectEraser>();
        services.AddSingleton<RetentionWorker>();
        return services;
    }

    /// <summary>Only where a host serves.</summary>
    public static IServiceCollection AddRetentionWorker(this IServiceCollection services) => services.AddHostedService(provider => provider.GetRequiredService<RetentionWorker>());
}
