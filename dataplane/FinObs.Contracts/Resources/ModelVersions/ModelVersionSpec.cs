using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>What a model version is, and how far it may go.</summary>
public sealed record ModelVersionSpec : ResourceSpec
{
    /// <summary>Name of the model: all versions of it share its traffic.</summary>
    [StringLength(40, MinimumLength = 1), RegularExpression(Patterns.DnsLabel), Immutable]
    public required string Model { get; init; }

    /// <summary>Semantic version, unique for the model.</summary>
    [StringLength(40, MinimumLength = 5), RegularExpression(Patterns.Version), Immutable]
    public required string Version { get; init; }

    /// <summary>Where its bytes are, and which bytes they must be.</summary>
    [Immutable]
    public required ModelArtifactSpec Artifact { get; init; }

    /// <summary>Where the model comes from.</summary>
    public ModelProvenance? Provenance { get; init; }

    /// <summary>What the model expects of its input; none = what the artifact's manifest says.</summary>
    public ModelSchema? Schema { get; init; }

    /// <summary>The frozen statistics that drift is measured against; none = those of the artifact's manifest.</summary>
    public ModelReference? Reference { get; init; }

    /// <summary>From which score on a transaction is reviewed or blocked.</summary>
    public DecisionSpec Decision { get; init; } = new();

    /// <summary>Who answers for the model.</summary>
    public ModelGovernance? Governance { get; init; }

    /// <summary>The highest stage this version may reach. What it has reached is <c>status.phase</c>.</summary>
    [Rule(
        "self == oldSelf || (oldSelf != 'Retired' && self != 'Registered' && (oldSelf != 'Registered' || self == 'Validated' || self == 'Retired'))",
        "not a permitted change of stage: from Registered only to Validated or Retired, never back to Registered, and a Retired version stays retired (make a new version)",
        Check = nameof(StageMayChange))]
    public ModelStage Stage { get; init; } = ModelStage.Shadow;

    /// <summary>How it gets from one stage to the next; none = at once as far as the stage permits.</summary>
    public RolloutSpec? Rollout { get; init; }

    /// <summary>Pods that score it.</summary>
    public ServingSpec Serving { get; init; } = new();

    /// <summary>True: this version gets no traffic from now on; the last good one takes over at once.</summary>
    public bool KillSwitch { get; init; }

    private static bool StageMayChange(ModelStage self, ModelStage old) =>
        self == old
        || (old != ModelStage.Retired && self != ModelStage.Registered && (old != ModelStage.Registered || self is ModelStage.Validated or ModelStage.Retired));
}

/// <summary>How far a version may go.</summary>
public enum ModelStage
{
    /// <summary>Known and verified; it is not loaded.</summary>
    Registered = 0,

    /// <summary>Somebody has validated it; it is not loaded.</summary>
    Validated = 1,

    /// <summary>Scores beside the stable version; decides nothing.</summary>
    Shadow = 2,

    /// <summary>Decides a share of the traffic.</summary>
    Canary = 3,

    /// <summary>May decide everything.</summary>
    Production = 4,

    /// <summary>Gone from service for good; its record stays.</summary>
    Retired = 5,
}

/// <summary>Where an artifact is, and which bytes it must be.</summary>
public sealed record ModelArtifactSpec
{
    /// <summary>
    /// Where to fetch it: <c>finobs://sha256:…</c> (uploaded to the data plane), <c>https://…</c>, <c>oci://registry/repository:tag</c> or <c>pvc://claim/path</c>.
    /// </summary>
    [StringLength(2048, MinimumLength = 8), RegularExpression("^(finobs://sha256:[0-9a-f]{64}|https://[^ @]+|oci://[^ @]+|pvc://[a-z0-9.-]+/[^ ]+)$")]
    public required string Uri { get; init; }

    /// <summary>Content address that the bytes must have: <c>sha256:</c> and 64 hex digits. Anything else is refused.</summary>
    [RegularExpression(Patterns.Digest), StringLength(71)]
    public required string Digest { get; init; }

    /// <summary>Who evaluates it.</summary>
    public ArtifactFormat Format { get; init; } = ArtifactFormat.OnnxEnsemble;

    /// <summary>Whose signature it must bear.</summary>
    public ArtifactSignature? Signature { get; init; }
}

/// <summary>Who evaluates a model.</summary>
public enum ArtifactFormat
{
    /// <summary>FinObs' isolation forest and autoencoder in one ONNX graph, explained exactly.</summary>
    OnnxEnsemble = 0,

    /// <summary>Any other ONNX model with one float [N, F] input and a score output.</summary>
    Onnx = 1,
}

/// <summary>A signature over the artifact's digest.</summary>
public sealed record ArtifactSignature
{
    /// <summary>The public key that it must verify with, as PEM.</summary>
    public required SecretKeyRef PublicKeyRef { get; init; }

    /// <summary>Where the signature is; same forms as the artifact's own.</summary>
    [StringLength(2048, MinimumLength = 8)]
    public required string SignatureUri { get; init; }
}

/// <summary>Where a model comes from.</summary>
public sealed record ModelProvenance
{
    /// <summary>The Job that trained it.</summary>
    [StringLength(253)]
    public string? TrainingJob { get; init; }

    /// <summary>SHA-256 of the training data.</summary>
    [RegularExpression(Patterns.Digest), StringLength(71)]
    public string? DataDigest { get; init; }

    /// <summary>Commit of the training code.</summary>
    [StringLength(64)]
    public string? GitCommit { get; init; }

    /// <summary>When it was trained.</summary>
    public DateTimeOffset? TrainedAt { get; init; }

    /// <summary>The version it is to follow.</summary>
    [RegularExpression(Patterns.Version), StringLength(40)]
    public string? ParentVersion { get; init; }

    /// <summary>Why it was trained.</summary>
    public TrainingTrigger? Trigger { get; init; }
}

/// <summary>Why a model was trained.</summary>
public enum TrainingTrigger
{
    /// <summary>A person asked for it.</summary>
    Manual = 0,

    /// <summary>A drift policy did.</summary>
    Drift = 1,

    /// <summary>It was time.</summary>
    Schedule = 2,
}
