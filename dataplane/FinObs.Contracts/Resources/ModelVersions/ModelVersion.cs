using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>
/// One version of a model: its pinned artifact, from which score on a person looks, how far it may be rolled out, and how it is served.
/// The spec says how far it may go; the data plane alone decides where it is, and the status says so.
/// </summary>
[Kind("ModelVersion", "modelversions", "mv")]
[Scale(SpecReplicasPath = ".spec.serving.replicas", StatusReplicasPath = ".status.replicas", LabelSelectorPath = ".status.selector")]
[SelectableField(".spec.model")]
[SelectableField(".spec.stage")]
[PrinterColumn("Model", ".spec.model")]
[PrinterColumn("Version", ".spec.version")]
[PrinterColumn("Stage", ".spec.stage", Description = "The highest stage permitted.")]
[PrinterColumn("Phase", ".status.phase", Description = "Where it is.")]
[PrinterColumn("Weight", ".status.weight", Type = "integer", Description = "Its share of the model's decisions, in percent.")]
[PrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Drift", ".status.conditions[?(@.type==\"DriftFree\")].reason")]
[PrinterColumn("Step", ".status.currentStep", Type = "integer", Wide = true)]
[PrinterColumn("Digest", ".status.observedDigestShort", Wide = true)]
[PrinterColumn("Pods", ".status.readyReplicas", Type = "integer", Wide = true)]
[PrinterColumn("Approvals", ".status.approvalCount", Type = "integer", Wide = true)]
[PrinterColumn("Message", ".status.conditions[?(@.type==\"Ready\")].message", Wide = true)]
[PrinterColumn("Age", ".metadata.creationTimestamp", Type = "date")]
[Rule(
    "self.metadata.name == self.spec.model + '-' + self.spec.version", "metadata.name must be spec.model, a hyphen and spec.version: one object a version",
    Check = nameof(IsNamedByItsVersion), FieldPath = ".metadata.name")]
public sealed record ModelVersion : CustomResource<ModelVersionSpec, ModelVersionStatus>
{
    /// <inheritdoc/>
    public override string Kind { get; init; } = "ModelVersion";

    private static bool IsNamedByItsVersion(ModelVersion self) => self.Metadata.Name == $"{self.Spec.Model}-{self.Spec.Version}";
}
