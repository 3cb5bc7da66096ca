using FinObs.DataPlane.Access;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Operations;

/// <summary>
/// What Prometheus asks for. How much is decided, blocked and waiting is the business of whoever may read it: a key of the role viewer, or any other caller with that permission (decision 0190).
/// </summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder app) =>
        app.MapPrometheusScrapingEndpoint(TelemetryServices.MetricsPath).DisableHttpMetrics().RequirePermission(Permissions.SystemMetricsRead);
}
