using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases;

/// <summary>Open cases of a namespace and severity.</summary>
internal sealed record CaseQueue(string Namespace, CaseSeverity Severity, int Open, int Overdue);

/// <summary>Gauges that the worker feeds, so that a scrape asks no database.</summary>
internal static class CaseMetrics
{
    public const string OpenName = "finobs.cases.open";
    public const string OverdueName = "finobs.cases.overdue";

    private static volatile IReadOnlyList<CaseQueue> _queues = [];

    static CaseMetrics()
    {
        FinObsTelemetry.Meter.CreateObservableGauge(OpenName, () => Measure(queue => queue.Open), "{case}", "Cases that are not resolved, by severity.");
        FinObsTelemetry.Meter.CreateObservableGauge(OverdueName, () => Measure(queue => queue.Overdue), "{case}", "Cases that are not resolved and whose due date is over, by severity.");
    }

    /// <summary>What the gauges show from now on.</summary>
    public static async Task MeasureAsync(IDatabase database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var counts = await db.Cases.Where(row => row.Status != CaseStatus.Resolved).GroupBy(row => new { row.Namespace, row.Severity })
            .Select(group => new { group.Key.Namespace, group.Key.Severity, Open = group.Count(), Overdue = group.Sum(row => row.DueAt < now ? 1 : 0) })
            .OrderBy(one => one.Namespace).ToListAsync(cancellationToken);
        _queues = [.. counts.Select(one => new CaseQueue(one.Namespace, one.Severity, one.Open, one.Overdue))];
    }

    private static IEnumerable<Measurement<long>> Measure(Func<CaseQueue, long> value) =>
        _queues.Select(queue => new Measurement<long>(value(queue), new TagList { { "finobs.namespace", queue.Namespace }, { "finobs.severity", queue.Severity.ToString() } }));
}
