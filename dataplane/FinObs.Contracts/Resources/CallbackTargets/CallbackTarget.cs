using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.CallbackTargets;

/// <summary>Somebody who is told: signed, retried for days, never lost.</summary>
[Kind("CallbackTarget", "callbacktargets", "cbt")]
[PrinterColumn("Url", ".spec.url")]
[PrinterColumn("State", ".status.state")]
[PrinterColumn("Queue", ".status.queueDepth", Type = "integer")]
[PrinterColumn("Dlq", ".status.deadLetters", Type = "integer", Description = "Dead letters.")]
[PrinterColumn("LastSuccess", ".status.lastSuccess", Type = "date")]
[PrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Events", ".spec.eventTypes", Wide = true)]
[PrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Wide = true)]
[PrinterColumn("Age", ".metadata.creationTimestamp", Type = "date")]
public sealed record CallbackTarget : CustomResource<CallbackTargetSpec, CallbackTargetStatus>
{
    /// <inheritdoc/>
    public override string Kind { get; init; } = "CallbackTarget";
}
