using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FinObs.DataPlane.Telemetry;

internal static class TelemetryServices
{
    /// <summary>
    /// Spans are always made, because their trace id is stored with every decision; they are exported by OTLP where
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, string serviceName = "finobs-dataplane")
    {
        bool export = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .WithTracing(tracing =>
            {
                tracing.AddSource(FinObsTelemetry.Name).AddSource("Npgsql").AddAspNetCoreInstrumentation(options =>
                    options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
                        && !context.Request.Path.StartsWithSegments("/v2/health", StringComparison.Ordinal));
                if (export)
                {
                    tracing.AddOtlpExporter();
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(FinObsTelemetry.Name);
                if (export)
                {
                    metrics.AddOtlpExporter();
                }
            });
        return services;
    }
}
