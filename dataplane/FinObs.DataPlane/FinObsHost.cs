using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Api;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Callbacks;
using FinObs.DataPlane.Callbacks.Api;
using FinObs.DataPlane.Cases;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Sar;
using FinObs.DataPlane.Dashboard;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Evaluations;
using FinObs.DataPlane.Decisions.Feedback;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Drift.Api;
using FinObs.DataPlane.Experiments;
using FinObs.DataPlane.Experiments.Api;
using FinObs.DataPlane.Exports;
using FinObs.DataPlane.Exports.Api;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Mcp;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Monitoring;
using FinObs.DataPlane.Operations;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Pulls;
using FinObs.DataPlane.Pulls.Api;
using FinObs.DataPlane.Replay;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Api;
using FinObs.DataPlane.Retention;
using FinObs.DataPlane.Retention.Api;
using FinObs.DataPlane.Retraining;
using FinObs.DataPlane.Retraining.Api;
using FinObs.DataPlane.Rollout;
using FinObs.DataPlane.Rollout.Api;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Streaming;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane;

/// <summary>The table of contents: slices in the order in which they may use each other.</summary>
internal static class FinObsHost
{
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        AddFinObs(builder.Services, builder.Configuration);
        builder.Services.AddAccessControl(builder.Configuration);
        builder.Services.AddSharedKeys();
        builder.Services.AddIngestion(builder.Configuration);
        builder.Services.AddPulls(builder.Configuration);
        builder.Services.AddDemo(builder.Configuration, builder.Environment);
        builder.Services.AddRuleFollowing();
        builder.Services.AddStreaming();
        builder.Services.AddCallbackWorkers();
        builder.Services.AddRetentionWorker();
        builder.Services.AddApprovalWorker();
        builder.Services.AddMonitoringWorker();
        builder.Services.AddCaseWorker();
        builder.Services.AddRolloutWorkers();
        builder.Services.AddDriftWorker();
        builder.Services.AddRetrainingWorker();
        builder.Services.AddReplayWorker();
        builder.Services.AddAgentWorker();
        builder.Services.AddExportWorker();
        builder.Services.AddOperations();
        builder.Services.AddMcp(builder.Configuration);
        builder.Services.AddDashboard(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        WebApplication app = builder.Build();
        app.UseFinObsErrors();
        app.UseAccessControl();
        app.UseClosedGate();
        app.UseDashboard();
        app.MapHealth();
        app.MapMetrics();
        app.MapWebhookStatus();
        app.MapAccess();
        app.MapIngestion();
        app.MapTransactions();
        app.MapRules();
        app.MapLists();
        app.MapOverrides();
        app.MapFeedback();
        app.MapPerformance();
        app.MapEvaluations();
        app.MapStreaming();
        app.MapCallbacks();
        app.MapApprovals();
        app.MapCases();
        app.MapCompliance();
        app.MapSar();
        app.MapAudit().RequirePermission(Permissions.AuditRead);
        app.MapRetention();
        app.MapPulls();
        app.MapExports();
        app.MapAuditActs();
        app.MapResources();
        app.MapArtifacts();
        app.MapModels();
        app.MapRollouts();
        app.MapExperiments();
        app.MapDrift();
        app.MapRetraining();
        app.MapReplay();
        app.MapAgents();
        app.MapMcpServer();
        app.MapApiReference();
        app.MapDashboard();
        return app;
    }

    /// <summary>The same without a web server, started: for commands that work on the database.</summary>
    public static async Task<IHost> OpenAsync(string[] settings, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = [.. settings, "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"],
            ContentRootPath = AppContext.BaseDirectory,
        });
        AddFinObs(builder.Services, builder.Configuration);
        IHost host = builder.Build();
        await host.Services.GetRequiredService<Readiness>().PrepareAsync(cancellationToken);
        if (host.Services.GetRequiredService<AuditGate>().Refusal is { } refusal)
        {
            throw new ConfigurationRefusedException(refusal);
        }

        await host.StartAsync(cancellationToken);
        return host;
    }

    /// <summary>All that scoring and proving needs, with or without a web server.</summary>
    public static void AddFinObs(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddReadiness();
        services.AddPii(); // before the exporters of telemetry, which get what it lets pass
        services.AddTelemetry(configuration);
        services.AddStorage(configuration);
        services.AddOutbox();
        services.AddAudit(configuration);
        services.AddAccess(configuration);
        services.AddResources(configuration);
        services.AddModels(configuration);
        services.AddLedger(configuration);
        services.AddDecisions(configuration);
        services.AddMonitoring(configuration);
        services.AddApprovals(configuration);
        services.AddCases(configuration);
        services.AddRollout(configuration);
        services.AddExperiments(configuration);
        services.AddDrift(configuration);
        services.AddRetraining(configuration);
        services.AddReplay(configuration);
        services.AddCallbacks(configuration);
        services.AddAgents(configuration);
        services.AddTransactions(configuration);
        services.AddRetention(configuration);
        services.AddPullRecords();
        services.AddExports(configuration);
        services.AddBuiltInModel();
    }

    public static async Task<int> ServeAsync(string[] args)
    {
        await using WebApplication app = Build(args);
        bool hasSignIn = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.IsConfigured;
        if (!hasSignIn && LoopbackGuard.Problem(LoopbackGuard.AddressesOf(app.Configuration)) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        if (!hasSignIn)
        {
            app.Logger.LogInformation(LoopbackGuard.Notice);
        }

        await app.Services.GetRequiredService<Readiness>().PrepareAsync(app.Lifetime.ApplicationStopping);
        await app.RunAsync();
        return 0;
    }
}
