using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.PullSources;

/// <summary>A place that transactions are fetched from, on a schedule, each once.</summary>
[Kind("PullSource", "pullsources", "ps")]
[PrinterColumn("Url", ".spec.url")]
[PrinterColumn("Interval", ".spec.schedule.interval")]
[PrinterColumn("Cron", ".spec.schedule.cron")]
[PrinterColumn("LastRun", ".status.lastRun.at", Type = "date")]
[PrinterColumn("Ingested", ".status.lastRun.ingested", Type = "integer")]
[PrinterColumn("Flagged", ".status.lastRun.flagged", Type = "integer")]
[PrinterColumn("Lag", ".status.lag")]
[PrinterColumn("Failures", ".status.consecutiveFailures", Type = "integer")]
[PrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Watermark", ".status.watermark", Wide = true)]
[PrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Wide = true)]
[PrinterColumn("Age", ".metadata.creationTimestamp", Type = "date")]
public sealed record PullSource : CustomResource<PullSourceSpec, PullSourceStatus>
{
    /// <inheritdoc/>
    public override string Kind { get; init; } = "PullSource";
}
