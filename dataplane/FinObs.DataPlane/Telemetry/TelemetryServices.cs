using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FinObs.DataPlane.Telemetry;

internal static class TelemetryServices
{
    /// <summary>Where Prometheus asks.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Meters of the frameworks beneath us: requests, connections, the runtime, the database's pool. Names and units are OpenTelemetry's.</summary>
    private static readonly string[] Frameworks = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];

    /// <summary>Asked every few seconds, by machines: a trace of it would say nothing.</summary>
    private static readonly string[] Untraced = ["/health", "/v2/health", MetricsPath];

    /// <summary>
    /// Spans are always made, because their trace id is stored with every decision; they are exported by OTLP where
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says so, with metrics and logs. Metrics are on <see cref="MetricsPath"/> as well, with a trace beside each bucket of a latency.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, string serviceName = "finobs-dataplane")
    {
        bool export = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        bool exportMetrics = export && configuration["OTEL_METRICS_EXPORTER"] != "none"; // who lets Prometheus fetch them does not want each twice
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .WithTracing(tracing =>
            {
                tracing.AddSource(FinObsTelemetry.Name).AddSource("Npgsql").AddAspNetCoreInstrumentation(options =>
                    options.Filter = context => !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)));
                if (export)
                {
                    tracing.AddOtlpExporter();
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter([FinObsTelemetry.Name, .. Frameworks])
                    .AddView(HistogramBuckets.Of)
                    .SetExemplarFilter(ExemplarFilterType.TraceBased)
                    .AddPrometheusExporter();
                if (exportMetrics)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (export && configuration["OTEL_LOGS_EXPORTER"] != "none")
        {
            // A provider like the console's: what it gets has been cleaned before.
            telemetry.WithLogging(logging => logging.AddOtlpExporter(), options => (options.IncludeFormattedMessage, options.IncludeScopes) = (true, true));
        }

        return services;
    }
}
