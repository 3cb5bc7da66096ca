using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Monitoring.Windows;

namespace FinObs.DataPlane.Drift.Api;

/// <summary>How the deciding version of a namespace is watched, and the last checks.</summary>
internal sealed class AgentDriftStatuses(DriftChecks checks, DriftEvaluator evaluator, VersionWindows windows, TimeProvider time)
{
    private const int RecentChecks = 5;
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly DriftPolicySpec Defaults = new() { ModelRef = new ModelRef { Model = "any" } };

    public async Task<AgentDriftStatus> ReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        RouteVersion? version = await evaluator.VersionAsync(@namespace, null, null, cancellationToken);
        List<DriftCheckRow> recent = await checks.PageAsync(@namespace, null, null, RecentChecks, cancellationToken);
        DateTimeOffset to = WindowBuckets.StartOf(time.GetUtcNow()) + WindowBuckets.Length;
        WindowCounts? window = version is null ? null : await windows.ReadAsync(@namespace, version.Id, WindowRole.Decided, to - Window, to, cancellationToken);
        return new AgentDriftStatus(
            window?.Layout.Features > 0, ReferenceRows(window), window?.Rows ?? 0, recent.FirstOrDefault()?.CheckedAt, recent.Count(row => row.Followed.Contains("Retrain", StringComparison.Ordinal)),
            [.. recent.Select(AgentDriftCheck.Of)], new AgentDriftThresholds((double)Defaults.Tests.Numeric.Threshold, (double)Defaults.Tests.Alpha, Defaults.Window.MinSamples));
    }

    private static long ReferenceRows(WindowCounts? window)
    {
        long rows = 0;
        foreach (long count in window?.Layout.Features > 0 ? window.Layout.Bins[0].Coarse : [])
        {
            rows += count;
        }

        return rows;
    }
}
