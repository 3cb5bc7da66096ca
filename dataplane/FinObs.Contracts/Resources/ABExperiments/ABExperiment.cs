using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ABExperiments;

/// <summary>Two to four versions of a model compared on real traffic, with a verdict that may be looked at any time and a promotion that people approve.</summary>
[Kind("ABExperiment", "abexperiments", "abx")]
[PrinterColumn("Model", ".spec.model")]
[PrinterColumn("Mode", ".spec.mode")]
[PrinterColumn("State", ".spec.state", Description = "What is asked for.")]
[PrinterColumn("Phase", ".status.phase")]
[PrinterColumn("Units", ".status.units", Type = "integer")]
[PrinterColumn("Effect", ".status.effect.value")]
[PrinterColumn("P", ".status.pValue")]
[PrinterColumn("Verdict", ".status.verdict")]
[PrinterColumn("Srm", ".status.srm.ok", Type = "boolean", Description = "The arms got the shares they should.")]
[PrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Winner", ".status.winner", Wide = true)]
[PrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Wide = true)]
[PrinterColumn("Age", ".metadata.creationTimestamp", Type = "date")]
public sealed record ABExperiment : CustomResource<ABExperimentSpec, ABExperimentStatus>
{
    /// <inheritdoc/>
    public override string Kind { get; init; } = "ABExperiment";
}
