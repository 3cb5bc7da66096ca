using FinObs.DataPlane.Scorer;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane;

/// <summary>The same image in the role <c>scorer</c>: one model, no database, no ingestion.</summary>
internal static class ScorerHost
{
    /// <summary>Its two ports, with a protocol each, are said in <c>Scorer</c>; what the image or appsettings.json say of ports is for the other role.</summary>
    private static readonly string[] NoOtherPorts = ["--urls", "", "--http_ports", "", "--https_ports", ""];

    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. args, .. NoOtherPorts], ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddTelemetry(builder.Configuration, "finobs-scorer");
        builder.Services.AddScorer(builder.Configuration);
        replace?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.UseScorerErrors();
        app.UseScorerAccess();
        app.MapScorerHealth();
        app.MapPrometheusScrapingEndpoint(TelemetryServices.MetricsPath).DisableHttpMetrics(); // behind the gate: with a caller's key
        app.MapRestInference();
        app.MapGrpcService<GrpcInference>();
        return app;
    }

    public static async Task<int> ServeAsync(string[] args)
    {
        await using WebApplication app = Build(args);
        await app.RunAsync();
        return 0;
    }
}
