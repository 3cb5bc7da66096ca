using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Drift;

/// <summary>How the checks go, and what the last one of each policy found. A policy's gauges end with it.</summary>
internal static class DriftMetrics
{
    public const string ChecksName = "finobs.drift.checks";
    public const string DurationName = "finobs.drift.duration";
    public const string SeverityName = "finobs.drift.severity";
    public const string PsiName = "finobs.drift.psi";
    public const string DriftedName = "finobs.drift.drifted";

    private static readonly Counter<long> Checks = FinObsTelemetry.Meter.CreateCounter<long>(ChecksName, "{check}", "Checks, by what they found.");
    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "One check, its commit included.");
    private static readonly ConcurrentDictionary<(string Namespace, string Policy), DriftCheckRow> Last = [];

    static DriftMetrics()
    {
        FinObsTelemetry.Meter.CreateObservableGauge(SeverityName, () => Measure(row => (long)row.Severity), "{severity}", "0 none, 1 warning, 2 critical.");
        FinObsTelemetry.Meter.CreateObservableGauge(PsiName, () => Measure(row => row.MaxPsi ?? 0), "1", "The largest population stability index.");
        FinObsTelemetry.Meter.CreateObservableGauge(DriftedName, () => Measure(row => (long)row.Drifted), "{quantity}", "How many quantities drift.");
    }

    public static void Checked(DriftCheckRow row, TimeSpan took)
    {
        Checks.Add(1, new TagList { { "finobs.outcome", row.Judged ? row.Severity.ToString() : "TooFewSamples" } });
        Duration.Record(took.TotalSeconds);
        if (row.Policy.Length > 0)
        {
            Last[(row.Namespace, row.Policy)] = row;
        }
    }

    public static void Forget(string @namespace, string policy) => Last.TryRemove((@namespace, policy), out _);

    private static IEnumerable<Measurement<T>> Measure<T>(Func<DriftCheckRow, T> value)
        where T : struct =>
        Last.Values.Select(row => new Measurement<T>(value(row), new TagList { { "finobs.namespace", row.Namespace }, { "finobs.policy", row.Policy }, { "finobs.model", row.Model } }));
}
