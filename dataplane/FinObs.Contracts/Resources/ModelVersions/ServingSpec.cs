using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>The pods that score a version. The data plane falls back to scoring in process when none of them answers.</summary>
[Rule("!has(self.maxReplicas) || self.minReplicas <= self.maxReplicas", "minReplicas must not be above maxReplicas", Check = nameof(MinIsNotAboveMax), FieldPath = ".maxReplicas")]
public sealed record ServingSpec
{
    /// <summary>How many pods, where nothing scales them. 0 = none: the data plane scores in process.</summary>
    [Range(0, 100)]
    public int Replicas { get; init; } = 2;

    /// <summary>The fewest that autoscaling leaves.</summary>
    [Range(1, 100)]
    public int MinReplicas { get; init; } = 1;

    /// <summary>The most that autoscaling makes; none = no autoscaling.</summary>
    [Range(1, 100)]
    public int? MaxReplicas { get; init; }

    /// <summary>Mean CPU use, in percent of what is requested, that autoscaling aims at.</summary>
    [Range(10, 100)]
    public int TargetCpuPercent { get; init; } = 70;

    /// <summary>What a pod may use.</summary>
    public PodResources Resources { get; init; } = new();

    /// <summary>Where pods may run and how they are marked.</summary>
    public ServingPodTemplate? PodTemplate { get; init; }

    /// <summary>Requests that a pod works on at once; 0 = as many as it has cores.</summary>
    [Range(0, 1024)]
    public int Concurrency { get; init; }

    /// <summary>Rows that a pod scores before it is ready.</summary>
    [Range(1, 100_000)]
    public int WarmupSamples { get; init; } = 100;

    /// <summary>How long a pod goes on answering after it was told to stop.</summary>
    public Duration DrainPeriod { get; init; } = Duration.Seconds(15);

    /// <summary>A server of somebody else that speaks the Open Inference Protocol (KServe V2) scores instead of pods of ours.</summary>
    public ExternalServer? External { get; init; }

    private static bool MinIsNotAboveMax(ServingSpec self) => self.MaxReplicas is not { } max || self.MinReplicas <= max;
}

/// <summary>What a pod may use.</summary>
public sealed record PodResources
{
    /// <summary>What is kept for it: <c>cpu</c> and <c>memory</c>.</summary>
    [MaxLength(8), ItemPattern(Patterns.Quantity, MaxLength = 32)]
    public IReadOnlyDictionary<string, string> Requests { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["cpu"] = "250m", ["memory"] = "256Mi" };

    /// <summary>The most it gets.</summary>
    [MaxLength(8), ItemPattern(Patterns.Quantity, MaxLength = 32)]
    public IReadOnlyDictionary<string, string> Limits { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["memory"] = "1Gi" };
}

/// <summary>The few fields of a pod that are for its users to say; security settings are not among them.</summary>
public sealed record ServingPodTemplate
{
    /// <summary>Labels beside ours; none of ours is overwritten.</summary>
    [MaxLength(32), ItemPattern("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", MaxLength = 63)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations.</summary>
    [MaxLength(32), ItemPattern("^.*$", MaxLength = 4096)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Labels that a node must have.</summary>
    [MaxLength(32), ItemPattern("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", MaxLength = 63)]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Taints of nodes that it bears.</summary>
    [MaxLength(16)]
    public IReadOnlyList<PodToleration>? Tolerations { get; init; }

    /// <summary>Who is evicted first.</summary>
    [StringLength(253), RegularExpression(Patterns.DnsSubdomain)]
    public string? PriorityClassName { get; init; }
}

/// <summary>A taint that a pod bears.</summary>
public sealed record PodToleration
{
    /// <summary>Key of the taint; none with <c>Exists</c> = every one.</summary>
    [StringLength(316)]
    public string? Key { get; init; }

    /// <summary>How key and value are compared.</summary>
    public TolerationOperator Operator { get; init; } = TolerationOperator.Equal;

    /// <summary>Value of the taint.</summary>
    [StringLength(63)]
    public string? Value { get; init; }

    /// <summary>Which effect; none = every one.</summary>
    public TaintEffect? Effect { get; init; }
}

/// <summary>How a toleration compares.</summary>
public enum TolerationOperator
{
    /// <summary>Key and value.</summary>
    Equal = 0,

    /// <summary>The key only.</summary>
    Exists = 1,
}

/// <summary>Effect of a taint.</summary>
public enum TaintEffect
{
    /// <summary>No new pods.</summary>
    NoSchedule = 0,

    /// <summary>Rather no new pods.</summary>
    PreferNoSchedule = 1,

    /// <summary>No pods.</summary>
    NoExecute = 2,
}

/// <summary>A server that speaks the Open Inference Protocol. The artifact's manifest still says which features it gets and how its output is read.</summary>
public sealed record ExternalServer
{
    /// <summary>Its address: <c>https://…</c>, or <c>http://…</c> inside the cluster.</summary>
    [StringLength(2048, MinimumLength = 8), RegularExpression("^https?://[^ @#]+$")]
    public required string Url { get; init; }

    /// <summary>How it is spoken to.</summary>
    public InferenceProtocol Protocol { get; init; } = InferenceProtocol.Grpc;

    /// <summary>Name of the model there; none = the model's name here.</summary>
    [StringLength(253)]
    public string? ModelName { get; init; }

    /// <summary>Version of the model there; none = the server's default.</summary>
    [StringLength(253)]
    public string? ModelVersion { get; init; }

    /// <summary>Name of its input tensor, float32 [N, F].</summary>
    [StringLength(253)]
    public string Input { get; init; } = "features";

    /// <summary>Name of the output tensor that is the margin.</summary>
    [StringLength(253)]
    public string Output { get; init; } = "margin";

    /// <summary>How long one call may take.</summary>
    public Duration Timeout { get; init; } = Duration.Seconds(1);

    /// <summary>A bearer token for it.</summary>
    public SecretKeyRef? BearerSecretRef { get; init; }
}

/// <summary>How a scoring server is spoken to.</summary>
public enum InferenceProtocol
{
    /// <summary>gRPC, <c>inference.GRPCInferenceService</c>.</summary>
    Grpc = 0,

    /// <summary>REST, <c>/v2/models/…/infer</c>.</summary>
    Rest = 1,
}
