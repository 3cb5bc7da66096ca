using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Sar;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Cases;

internal static class CaseServices
{
    public static IServiceCollection AddCases(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CaseOptions>().Bind(configuration.GetSection(CaseOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, CaseSchema>();
        services.AddSingleton<ISchemaExtra, SarSchema>();
        foreach (string kind in CaseKinds.All)
        {
            services.AddSingleton<IAuditProjection>(provider => new CaseProjection(provider.GetRequiredService<IDatabase>(), kind));
        }

        services.AddSingleton<IAuditProjection>(provider => new ComplianceProjection(provider.GetRequiredService<IDatabase>(), ComplianceKinds.Logged, row => row.Payload()));
        services.AddSingleton<IAuditProjection>(provider => new ComplianceProjection(provider.GetRequiredService<IDatabase>(), ComplianceKinds.Resolved, row => row.ResolutionPayload()));
        services.AddSingleton<IPersonalRows, CasePersonalRows>();
        services.AddSingleton<IStoryLink, CaseStories>();
        services.AddSingleton<IAuditProjection, SarProjection>();
        services.AddSingleton<SarSeal>();
        services.AddSingleton<SarReports>();
        services.AddSingleton<CaseOpener>();
        services.AddSingleton<ICaseSource, DecisionCases>();
        services.AddSingleton<IComplianceSource, RejectedApprovals>();
        services.AddSingleton<CaseConsumer>();
        services.AddSingleton<CaseActions>();
        services.AddSingleton<SimilarCases>();
        services.AddSingleton<CaseFigures>();
        services.AddSingleton<CaseTimelines>();
        services.AddSingleton<CaseSight>();
        services.AddSingleton<ComplianceLog>();
        services.AddSingleton<IEventReader>(provider => provider.GetRequiredService<CaseConsumer>());
        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddCaseWorker(this IServiceCollection services) => services.AddHostedService<CaseWorker>();
}
