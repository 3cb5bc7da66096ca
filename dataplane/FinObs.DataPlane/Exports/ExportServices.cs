using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Exports.Sources;
using FinObs.DataPlane.Exports.Store;

namespace FinObs.DataPlane.Exports;

internal static class ExportServices
{
    public static IServiceCollection AddExports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ExportOptions>().Bind(configuration.GetSection(ExportOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ExportSignal>();
        services.AddSingleton<ExportStore>();
        services.AddSingleton<IApprovedAction, ExportApproval>();

        // Transient, as sources belong to slices whose services may live shorter than the host.
        services.AddTransient<IExportSource, TransactionExport>();
        services.AddTransient<IExportSource, AuditExport>();
        services.AddTransient<IExportSource, CaseExport>();
        services.AddTransient<IExportSource, ComplianceExport>();
        services.AddTransient<IExportSource, AgentActionExport>();
        services.AddTransient<IExportSource, UserExport>();
        services.AddTransient<ExportSources>();
        services.AddTransient<ExportOrders>();
        services.AddTransient<ExportJob>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddExportWorker(this IServiceCollection services) => services.AddHostedService<ExportWorker>();
}
