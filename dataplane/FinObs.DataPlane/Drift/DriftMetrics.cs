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
    public const string FeaturePsiName = "finobs.drift.feature.psi";

    private static readonly Counter<long> Checks = FinObsTelemetry.Meter.CreateCounter<long>(ChecksName, "{check}", "Checks, by what they found.");
    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "One check, its commit included.");
    private static readonly ConcurrentDictionary<(string Namespace, string Policy), DriftCheckRow> Last = [];
    private static readonly ConcurrentDictionary<(string Namespace, string Policy), IReadOnlyList<FeaturePsi>> Features = [];

    static DriftMetrics()
    {
        FinObsTelemetry.Meter.CreateObservableGauge(SeverityName, () => Measure(row => (long)row.Severity), "{severity}", "0 none, 1 warning, 2 critical.");
        FinObsTelemetry.Meter.CreateObservableGauge(PsiName, () => Measure(row => row.MaxPsi ?? 0), "{psi}", "The largest population stability index.");
        FinObsTelemetry.Meter.CreateObservableGauge(DriftedName, () => Measure(row => (long)row.Drifted), "{quantity}", "How many quantities drift.");
        FinObsTelemetry.Meter.CreateObservableGauge(FeaturePsiName, MeasureFeatures, "{psi}", "The population stability index of each feature that was judged.");
    }

    public static void Checked(DriftCheckRow row, TimeSpan took)
    {
        Checks.Add(1, new TagList { { "finobs.outcome", row.Judged ? row.Severity.ToString() : "TooFewSamples" } });
        Duration.Record(took.TotalSeconds);
        if (row.Policy.Length > 0)
        {
            Last[(row.Namespace, row.Policy)] = row;
            Features[(row.Namespace, row.Policy)] = FeaturePsi.Of(row.Report);
        }
    }

    public static void Forget(string @namespace, string policy)
    {
        Last.TryRemove((@namespace, policy), out _);
        Features.TryRemove((@namespace, policy), out _);
    }

    private static IEnumerable<Measurement<double>> MeasureFeatures() =>
        from policy in Features
        from feature in policy.Value
        select new Measurement<double>(feature.Psi, new TagList { { "finobs.namespace", policy.Key.Namespace }, { "finobs.policy", policy.Key.Policy }, { "finobs.feature", feature.Name } });

    private static IEnumerable<Measurement<T>> Measure<T>(Func<DriftCheckRow, T> value)
        where T : struct =>
        Last.Values.Select(row => new Measurement<T>(value(row), new TagList { { "finobs.namespace", row.Namespace }, { "finobs.policy", row.Policy }, { "finobs.model", row.Model } }));
}
