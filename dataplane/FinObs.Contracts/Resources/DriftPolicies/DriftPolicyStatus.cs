using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>What the last tests said.</summary>
public sealed record DriftPolicyStatus : ResourceStatus
{
    /// <summary>The last test.</summary>
    public DriftEvaluation? LastEvaluation { get; init; }

    /// <summary>How bad it is.</summary>
    public DriftSeverity? Severity { get; init; }

    /// <summary>The features that drift, worst first.</summary>
    [MaxLength(10)]
    public IReadOnlyList<DriftedFeature>? DriftedFeatures { get; init; }

    /// <summary>How many features drift.</summary>
    public int? DriftedCount { get; init; }

    /// <summary>The largest population stability index.</summary>
    public decimal? MaxPsi { get; init; }

    /// <summary>Breaches among the last tests, e.g. <c>2/5</c>.</summary>
    public string? Breaches { get; init; }

    /// <summary>Quiet until then.</summary>
    public DateTimeOffset? CooldownUntil { get; init; }

    /// <summary>The retraining that is under way, else the last one.</summary>
    public RetrainingStatus? LastJob { get; init; }

    /// <summary>The last value of the annotation <c>finobs.io/retrain-now</c> that was acted upon.</summary>
    public string? LastHandledRetrainNow { get; init; }

    /// <summary>How many false alarms this policy raises, by its own thresholds.</summary>
    public FalseAlarmBudget? FalseAlarmBudget { get; init; }
}

/// <summary>One test.</summary>
public sealed record DriftEvaluation
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From when on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>On how many transactions.</summary>
    public required long Samples { get; init; }

    /// <summary>Its trace.</summary>
    public string? TraceId { get; init; }

    /// <summary>SHA-256 of the report.</summary>
    public string? ReportDigest { get; init; }
}

/// <summary>A feature that drifts.</summary>
public sealed record DriftedFeature
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>By which test.</summary>
    public required string Test { get; init; }

    /// <summary>How far.</summary>
    public required decimal Value { get; init; }

    /// <summary>From where on it counts.</summary>
    public required decimal Threshold { get; init; }

    /// <summary>The p-value, corrected for the number of features.</summary>
    public decimal? QValue { get; init; }
}

/// <summary>A retraining.</summary>
public sealed record RetrainingStatus
{
    /// <summary>Name of the Job; without one, of the data plane's run.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    public required RetrainingPhase Phase { get; init; }

    /// <summary>The ModelVersion that resulted.</summary>
    public string? ResultVersion { get; init; }

    /// <summary>The data plane's run: <c>GET /v1/retraining-runs/{id}</c> has its history and report.</summary>
    public string? RunId { get; init; }

    /// <summary>Who carries it out.</summary>
    public RetrainingWorker? Worker { get; init; }

    /// <summary>What asked for it.</summary>
    public TrainingTrigger? Trigger { get; init; }

    /// <summary>Why it was asked for, how it failed, or what the Job does.</summary>
    public string? Message { get; init; }

    /// <summary>How much of the work is done, in percent, as its worker says.</summary>
    public int? Progress { get; init; }

    /// <summary>What its worker does now.</summary>
    public string? Step { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? RequestedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The command that shows what the Job wrote.</summary>
    public string? Logs { get; init; }
}

/// <summary>How far a retraining is.</summary>
public enum RetrainingPhase
{
    /// <summary>Nobody works on it yet.</summary>
    Queued = 0,

    /// <summary>It trains.</summary>
    Running = 1,

    /// <summary>It is over; the candidate is a ModelVersion, or about to be one.</summary>
    Succeeded = 2,

    /// <summary>It is over; the candidate is worse than what there is, and nothing came of it.</summary>
    Refused = 3,

    /// <summary>It is over without a result.</summary>
    Failed = 4,

    /// <summary>Somebody stopped it.</summary>
    Cancelled = 5,
}

/// <summary>Who carries a retraining out.</summary>
public enum RetrainingWorker
{
    /// <summary>A child process of the data plane.</summary>
    DataPlane = 0,

    /// <summary>A Job that the operator makes.</summary>
    Job = 1,

    /// <summary>Somebody else, over the API.</summary>
    Other = 2,
}

/// <summary>How many false alarms are to be expected.</summary>
public sealed record FalseAlarmBudget
{
    /// <summary>In thirty days without any drift.</summary>
    public required decimal ExpectedPerMonth { get; init; }
}
