using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Replay.Backtests;
using FinObs.DataPlane.Replay.Checks;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Replay;

internal static class ReplayServices
{
    public static IServiceCollection AddReplay(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReplayOptions>().Bind(configuration.GetSection(ReplayOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, ReplaySchema>();
        services.AddSingleton<DecisionReplay>();
        services.AddSingleton<IAuditProjection, ReplayCheckProjection>();
        services.AddSingleton<ReplaySample>();
        services.AddSingleton<ReplayChecks>();
        services.AddSingleton<ICaseSource, ReplayCases>();
        services.AddSingleton<IAuditProjection, BacktestProjection>();
        services.AddSingleton<BacktestPlans>();
        services.AddSingleton<BacktestRun>();
        services.AddSingleton<BacktestStore>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddReplayWorker(this IServiceCollection services) => services.AddHostedService<ReplayCheckWorker>();
}

/// <summary>What was found stays readable.</summary>
internal sealed class ReplaySchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, BacktestRow.TableName, ReplayCheckRow.TableName);
}
