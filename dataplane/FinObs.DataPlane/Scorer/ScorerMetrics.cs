using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Scorer;

/// <summary>What a scoring pod counts.</summary>
internal static class ScorerMetrics
{
    public const string RequestsName = "finobs.scorer.requests";
    public const string RowsName = "finobs.scorer.rows";
    public const string DurationName = "finobs.scorer.duration";

    private static readonly Counter<long> Requests = FinObsTelemetry.Meter.CreateCounter<long>(
        RequestsName, "{request}", "Requests for inference by protocol and outcome.");

    private static readonly Counter<long> Rows = FinObsTelemetry.Meter.CreateCounter<long>(RowsName, "{row}", "Rows scored.");

    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(
        DurationName, "s", "From the parsed request to its answer, waiting for a turn included.");

    public static void Record(string protocol, InferenceOutcome outcome, int rows, TimeSpan took)
    {
        TagList tags = new()
        {
            { "finobs.protocol", protocol },
            { "finobs.outcome", outcome is InferenceOutcome.Rejected rejected ? rejected.Why.ToString() : "Inferred" },
        };
        Requests.Add(1, tags);
        Duration.Record(took.TotalSeconds, tags);
        if (outcome is InferenceOutcome.Inferred)
        {
            Rows.Add(rows, new KeyValuePair<string, object?>("finobs.protocol", protocol));
        }
    }
}
