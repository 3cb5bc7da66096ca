using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>When a model counts as drifting, how that is tested, and what then happens. A retrained model is a candidate for people to look at; it never goes to production by itself.</summary>
[Kind("DriftPolicy", "driftpolicies", "dp")]
[PrinterColumn("Model", ".spec.modelRef.model")]
[PrinterColumn("Severity", ".status.severity")]
[PrinterColumn("MaxPsi", ".status.maxPsi", Description = "The largest population stability index of a feature.")]
[PrinterColumn("Features", ".status.driftedCount", Type = "integer", Description = "How many features drift.")]
[PrinterColumn("Samples", ".status.lastEvaluation.samples", Type = "integer")]
[PrinterColumn("LastCheck", ".status.lastEvaluation.at", Type = "date")]
[PrinterColumn("Breaches", ".status.breaches")]
[PrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Retraining", ".status.lastJob.phase")]
[PrinterColumn("Candidate", ".status.lastJob.resultVersion", Wide = true)]
[PrinterColumn("Schedule", ".spec.schedule", Wide = true)]
[PrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Wide = true)]
[PrinterColumn("Age", ".metadata.creationTimestamp", Type = "date")]
public sealed record DriftPolicy : CustomResource<DriftPolicySpec, DriftPolicyStatus>
{
    /// <inheritdoc/>
    public override string Kind { get; init; } = "DriftPolicy";
}
