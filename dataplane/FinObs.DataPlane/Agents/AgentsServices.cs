using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Agents.Acts;
using FinObs.DataPlane.Agents.Evidence;
using FinObs.DataPlane.Agents.Findings;
using FinObs.DataPlane.Agents.Heuristics;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Agents;

internal static class AgentsServices
{
    public static IServiceCollection AddAgents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AgentsOptions>().Bind(configuration.GetSection(AgentsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISchemaExtra, AgentSchema>();
        services.AddSingleton<IAuditProjection, AgentActionProjection>();
        services.AddSingleton<AccountEvidence>();
        services.AddSingleton<MatterEvidence>();
        services.AddSingleton<PeriodEvidence>();
        services.AddSingleton<EvidenceReader>();
        services.AddSingleton<IAgent, HeuristicAgent>();
        services.AddSingleton<AgentRuns>();
        services.AddSingleton<PlatformActs>();
        services.AddSingleton<AgentActs>();
        services.AddSingleton<AgentAsking>();
        services.AddSingleton<AgentRunner>();
        services.AddSingleton<AgentSettling>();
        services.AddSingleton<AgentConsumer>();
        services.AddSingleton<IEventReader>(provider => provider.GetRequiredService<AgentConsumer>());
        foreach (string type in AgentRecommendation.Types)
        {
            services.AddSingleton<IApprovedAction>(provider => new AgentApprovedAction(
                type, provider.GetRequiredService<AgentRuns>(), provider.GetRequiredService<AgentActs>(), provider.GetRequiredService<AuditComposer>()));
        }

        return services;
    }

    /// <summary>What works in the background, in a host that serves.</summary>
    public static IServiceCollection AddAgentWorker(this IServiceCollection services) => services.AddHostedService<AgentWorker>();
}
