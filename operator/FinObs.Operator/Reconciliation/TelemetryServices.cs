using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FinObs.Operator.Reconciliation;

internal static class TelemetryServices
{
    /// <summary>From a reconcile that finds everything done to one that waits for an API server. OpenTelemetry's own buckets are meant for milliseconds.</summary>
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

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
                metrics.AddMeter(OperatorTelemetry.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddView(BucketsOf).SetExemplarFilter(ExemplarFilterType.TraceBased).AddPrometheusExporter();
                if (export && configuration["OTEL_METRICS_EXPORTER"] != "none") metrics.AddOtlpExporter();
            });
        return services;
    }

    private static MetricStreamConfiguration? BucketsOf(Instrument instrument) =>
        instrument is Histogram<double> { Unit: "s" } && instrument.Meter.Name == OperatorTelemetry.Name ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds } : null;
}
