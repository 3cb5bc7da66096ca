using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Retraining.Candidates;
using FinObs.DataPlane.Retraining.Local;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Retraining;

internal static class RetrainingServices
{
    public static IServiceCollection AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RetrainingOptions>().Bind(configuration.GetSection(RetrainingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, RetrainingSchema>();
        services.AddSingleton<IAuditProjection, TrainingWindowProjection>();
        services.AddSingleton<IAuditProjection, SealedWindowProjection>();
        services.AddSingleton<IAuditProjection, RetrainingProjection>();
        services.AddSingleton<RetrainingSignal>();
        services.AddSingleton<TrainingWindows>();
        services.AddSingleton<WindowStream>();
        services.AddSingleton<RetrainingRuns>();
        services.AddSingleton<CandidateVersions>();
        services.AddSingleton<CandidateDoor>();
        services.AddSingleton<RunClaims>();
        services.AddSingleton<RunResults>();
        services.AddSingleton<RetrainingRequests>();
        services.AddSingleton<IRetrainingTrigger>(provider => provider.GetRequiredService<RetrainingRequests>());
        services.AddSingleton<IRetrainingStandings, RetrainingStandings>();
        services.AddSingleton<RetrainingSchedule>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddRetrainingWorker(this IServiceCollection services)
    {
        services.AddSingleton<RetrainingTool>();
        services.AddSingleton<LocalRun>();
        services.AddHostedService<RetrainingWorker>();
        return services;
    }
}
