using FinObs.Operator.ABExperiments;
using FinObs.Operator.CallbackTargets;
using FinObs.Operator.DataPlane;
using FinObs.Operator.DriftPolicies;
using FinObs.Operator.ModelVersions;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Status;

namespace FinObs.Operator;

/// <summary>The table of contents: slices in the order in which they may use each other.</summary>
internal static class OperatorHost
{
    /// <summary>Health and metrics, where nobody says otherwise (`--urls`, `ASPNETCORE_URLS`).</summary>
    private const string DefaultUrl = "http://localhost:8081";

    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddOperatorTelemetry(builder.Configuration);
        builder.Services.AddReconciliation(builder.Configuration);
        builder.Services.AddStatus();
        builder.Services.AddDataPlane(builder.Configuration);
        builder.Services.AddModelVersions(builder.Configuration);
        builder.Services.AddCallbackTargets();
        builder.Services.AddPolicies();
        builder.Services.AddDriftPolicies();
        builder.Services.AddABExperiments();
        if (string.IsNullOrEmpty(builder.Configuration["urls"] ?? builder.Configuration["http_ports"])) builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        WebApplication app = builder.Build();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint();
        return app;
    }

    public static async Task<int> ServeAsync(string[] args)
    {
        await using WebApplication app = Build(args);
        await app.RunAsync();
        return 0;
    }
}
