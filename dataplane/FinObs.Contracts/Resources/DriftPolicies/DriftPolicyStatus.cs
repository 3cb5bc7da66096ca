using System.ComponentModel.DataAnnotations;

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

    /// <summary>The last retraining.</summary>
    public RetrainingStatus? LastJob { get; init; }

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
    /// <summary>Name of the Job.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    public required string Phase { get; init; }

    /// <summary>The ModelVersion that resulted.</summary>
    public string? ResultVersion { get; init; }
}

/// <summary>How many false alarms are to be expected.</summary>
public sealed record FalseAlarmBudget
{
    /// <summary>In thirty days without any drift.</summary>
    public required decimal ExpectedPerMonth { get; init; }
}
