using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Decisions.Rules;

internal static class RulesServices
{
    public static IServiceCollection AddRules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RulesOptions>()
            .Bind(configuration.GetSection(RulesOptions.Section))
            .Validate(options => options.PollPeriod >= TimeSpan.FromMilliseconds(100), "Rules:PollPeriod must be at least 100 ms.")
            .ValidateOnStart();
        services.AddSingleton<ISchemaExtra, RuleRecords>();
        services.AddSingleton<IAuditProjection, RuleChangeProjection>();
        services.AddTransient<IEvidencePart, RuleEvidence>();
        services.AddSingleton<RuleChanges>();
        services.AddSingleton<RuleBook>();
        services.AddSingleton<ListVault>();
        services.AddSingleton<ListStore>();
        services.AddSingleton<ListEntries>();
        services.AddSingleton<ListSignal>();
        services.AddSingleton(provider => new HeardSignal(ReplicaWord.RulesChanged, provider.GetRequiredService<ListSignal>()));
        return services;
    }

    /// <summary>A server follows the files and lists while it runs; a command takes them as they are.</summary>
    public static IServiceCollection AddRuleFollowing(this IServiceCollection services)
    {
        services.AddHostedService<RuleWatcher>();
        services.AddHostedService<ListFollower>();
        return services;
    }
}

/// <summary>Which rules were in force when is a record.</summary>
internal sealed class RuleRecords : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "rule_changes");
}
