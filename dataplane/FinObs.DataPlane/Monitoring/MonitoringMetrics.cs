using System.Diagnostics.Metrics;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Monitoring;

/// <summary>How far the windows are behind the decisions. Measured by the replica whose turn it is.</summary>
internal static class MonitoringMetrics
{
    public const string LagName = "finobs.monitoring.lag";
    public const string BacklogName = "finobs.monitoring.backlog";
    public const string CountedName = "finobs.monitoring.counted";

    private static readonly Histogram<double> Lag = FinObsTelemetry.Meter.CreateHistogram<double>(LagName, "s", "From an event to the commit that counts it, for the oldest of a page.");
    private static readonly Counter<long> Events = FinObsTelemetry.Meter.CreateCounter<long>(CountedName, "{event}", "Events that were looked at.");
    private static long _backlog;

    static MonitoringMetrics() =>
        FinObsTelemetry.Meter.CreateObservableGauge(BacklogName, () => Interlocked.Read(ref _backlog), "{event}", "Events that are not counted yet, as of the last look.");

    public static void Behind(long events) => Interlocked.Exchange(ref _backlog, events);

    public static void Counted(List<StreamEvent> events, DateTimeOffset now)
    {
        if (events.Count > 0)
        {
            Lag.Record(Math.Max(0, (now - events[0].CreatedAt).TotalSeconds));
            Events.Add(events.Count);
        }
    }
}
