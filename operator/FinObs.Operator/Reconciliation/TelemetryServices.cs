using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FinObs.Operator.Reconciliation;

internal static class TelemetryServices
{
    /// <summary>
    /// Spans are always made, because their trace id stands in the status; they are exported by OTLP where
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so. Metrics are on <c>/metrics</c> as well.
    /// </summary>
    public static IServiceCollection AddOperatorTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        bool export = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("finobs-operator"))
            .WithTracing(tracing =>
            {
                tracing.AddSource(OperatorTelemetry.Name);
                if (export) tracing.AddOtlpExporter();
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(OperatorTelemetry.Name).AddPrometheusExporter();
                if (export) metrics.AddOtlpExporter();
            });
        return services;
    }
}
