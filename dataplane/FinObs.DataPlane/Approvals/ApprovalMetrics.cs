using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Approvals;

/// <summary>How many requests of a namespace wait for people, and since when the oldest.</summary>
internal sealed record ApprovalQueue(string Namespace, int Waiting, TimeSpan Age);

/// <summary>Gauges that the worker feeds, so that a scrape asks no database.</summary>
internal static class ApprovalMetrics
{
    public const string WaitingName = "finobs.approvals.waiting";
    public const string AgeName = "finobs.approvals.age";

    private static volatile IReadOnlyList<ApprovalQueue> _queues = [];

    static ApprovalMetrics()
    {
        FinObsTelemetry.Meter.CreateObservableGauge(WaitingName, () => Measure(queue => (long)queue.Waiting), "{request}", "Requests for approval that wait for people.");
        FinObsTelemetry.Meter.CreateObservableGauge(AgeName, () => Measure(queue => queue.Age.TotalSeconds), "s", "How long the oldest of them has waited.");
    }

    public static void Show(IReadOnlyList<ApprovalQueue> queues) => _queues = queues;

    private static IEnumerable<Measurement<T>> Measure<T>(Func<ApprovalQueue, T> value)
        where T : struct =>
        _queues.Select(queue => new Measurement<T>(value(queue), new TagList { { "finobs.namespace", queue.Namespace } }));
}
