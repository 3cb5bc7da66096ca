using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Audit.Witness;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit;

internal static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AuditOptions>().Bind(configuration.GetSection(AuditOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, AuditSchema>();
        services.AddSingleton<AuditKeyring>();
        services.AddSingleton<SubjectKeys>();
        services.AddSingleton<AuditComposer>();
        services.AddSingleton<AuditedCommit>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<StoryReader>();
        services.AddSingleton<AuditSearch>();
        services.AddTransient<EvidenceWriter>();
        services.AddTransient<ExportLines>();
        services.AddSingleton<SubjectShredder>();
        services.AddSingleton<PayloadVault>();
        services.AddSingleton<CheckpointFile>();
        services.AddSingleton<TreeStates>();
        services.AddSingleton<AuditGate>();
        services.AddSingleton<AcceptedRestores>();
        services.AddSingleton<IAuditAnchor, FileAnchor>();
        services.AddSingleton<AnchorCheck>();
        services.AddSingleton<RestoreAcceptance>();
        services.AddWitness(configuration);
        services.AddSingleton<Sequencer>();
        services.AddSingleton<SequencerStatus>();
        services.AddSingleton<AuditFigures>();
        services.AddHostedService<SequencerWorker>();
        // Transient: projections belong to later slices, whose services may live shorter than the host.
        services.AddTransient<AuditExporter>();
        services.AddTransient<DatabaseVerifier>();
        return services;
    }
}
