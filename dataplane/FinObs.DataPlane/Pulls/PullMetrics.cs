using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Pulls;

/// <summary>How pulling goes.</summary>
internal static class PullMetrics
{
    public const string RunsName = "finobs.pulls.runs";
    public const string FetchedName = "finobs.pulls.fetched";
    public const string IngestedName = "finobs.pulls.ingested";
    public const string RejectedName = "finobs.pulls.rejected";
    public const string DurationName = "finobs.pulls.duration";
    public const string LagName = "finobs.pulls.lag";
    public const string FailuresName = "finobs.pulls.failures";
    public const string QuarantinedName = "finobs.pulls.quarantined";

    private static readonly Counter<long> Runs = FinObsTelemetry.Meter.CreateCounter<long>(RunsName, "{run}", "Runs by outcome.");
    private static readonly Counter<long> Fetched = FinObsTelemetry.Meter.CreateCounter<long>(FetchedName, "{item}", "Items fetched.");
    private static readonly Counter<long> Ingested = FinObsTelemetry.Meter.CreateCounter<long>(IngestedName, "{transaction}", "Transactions taken in for the first time.");
    private static readonly Counter<long> Rejected = FinObsTelemetry.Meter.CreateCounter<long>(RejectedName, "{item}", "Items that were no transactions.");
    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "One run.");

    public static void Ended(string outcome, TimeSpan took)
    {
        KeyValuePair<string, object?> tag = new("finobs.outcome", outcome);
        Runs.Add(1, tag);
        Duration.Record(took.TotalSeconds, tag);
    }

    public static void Took(long fetched, long ingested, long rejected)
    {
        Fetched.Add(fetched);
        Ingested.Add(ingested);
        Rejected.Add(rejected);
    }
}
