using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>How a version gets from one stage to the next.</summary>
public sealed record RolloutSpec
{
    /// <summary>What keeps a unit of traffic with one version, so that no customer hops between models.</summary>
    public UnitKey UnitKey { get; init; } = UnitKey.AccountId;

    /// <summary>Steps in their order.</summary>
    [MinLength(1), MaxLength(20)]
    public required IReadOnlyList<RolloutStep> Steps { get; init; }

    /// <summary>The share of traffic, in percent, beyond which no automat raises it: a person must approve.</summary>
    [Range(0, 100)]
    public int MaxAutoWeight { get; init; } = 20;

    /// <summary>What happens when an analysis fails.</summary>
    public RolloutFailureAction OnFailure { get; init; } = RolloutFailureAction.Rollback;

    /// <summary>A rollout that has not got on for so long has failed.</summary>
    public Duration ProgressDeadline { get; init; } = Duration.Hours(168);

    /// <summary>Which earlier versions are kept ready to take over.</summary>
    public RollbackWindow RollbackWindow { get; init; } = new();
}

/// <summary>What keeps a unit of traffic with one version.</summary>
public enum UnitKey
{
    /// <summary>The account.</summary>
    AccountId = 0,

    /// <summary>The counterparty.</summary>
    CounterpartyId = 1,

    /// <summary>Nothing: each transaction is on its own.</summary>
    TransactionId = 2,
}

/// <summary>What happens when an analysis fails.</summary>
public enum RolloutFailureAction
{
    /// <summary>Back to the stable version at once.</summary>
    Rollback = 0,

    /// <summary>No further; a person decides.</summary>
    Pause = 1,
}

/// <summary>Which earlier versions are kept ready.</summary>
public sealed record RollbackWindow
{
    /// <summary>How many earlier versions.</summary>
    [Range(0, 10)]
    public int Versions { get; init; } = 2;

    /// <summary>True: they stay loaded, so that going back takes less than a second.</summary>
    public bool KeepWarm { get; init; } = true;
}

/// <summary>One step: exactly one of its fields.</summary>
[Rule(
    "[has(self.shadow), has(self.setWeight), has(self.analysis), has(self.approval), has(self.pause)].filter(x, x).size() == 1",
    "a step is exactly one of shadow, setWeight, analysis, approval, pause", Check = nameof(IsExactlyOne))]
public sealed record RolloutStep
{
    /// <summary>Score beside the stable version.</summary>
    public ShadowStep? Shadow { get; init; }

    /// <summary>Decide this share of the traffic, in percent.</summary>
    [Range(0, 100)]
    public int? SetWeight { get; init; }

    /// <summary>Compare with the stable version; get on only where all metrics pass.</summary>
    public AnalysisStep? Analysis { get; init; }

    /// <summary>Wait for people.</summary>
    public ApprovalStep? Approval { get; init; }

    /// <summary>Wait for time to pass.</summary>
    public PauseStep? Pause { get; init; }

    private static bool IsExactlyOne(RolloutStep self) =>
        new object?[] { self.Shadow, self.SetWeight, self.Analysis, self.Approval, self.Pause }.Count(field => field is not null) == 1;
}

/// <summary>Score beside the stable version, off the hot path; decide nothing.</summary>
public sealed record ShadowStep
{
    /// <summary>It scores beside the stable version at least for so long.</summary>
    public Duration Duration { get; init; } = Duration.Hours(24);

    /// <summary>And scores at least so many transactions.</summary>
    [Range(0, 100_000_000)]
    public int MinSamples { get; init; } = 5000;

    /// <summary>The share of the traffic that it scores, in percent.</summary>
    [Range(1, 100)]
    public int Percent { get; init; } = 100;
}

/// <summary>Compare with the stable version.</summary>
public sealed record AnalysisStep
{
    /// <summary>What is measured, and what passes.</summary>
    [MinLength(1), MaxLength(10), ListMapKey("name")]
    public required IReadOnlyList<AnalysisMetric> Metrics { get; init; }

    /// <summary>How often it is compared.</summary>
    public Duration Interval { get; init; } = Duration.Minutes(5);

    /// <summary>Below so many transactions the answer is Inconclusive.</summary>
    [Range(1, 100_000_000)]
    public int MinSamples { get; init; } = 1000;

    /// <summary>So many failures fail the step.</summary>
    [Range(1, 100)]
    public int FailureLimit { get; init; } = 2;

    /// <summary>So many inconclusive answers in a row pause the rollout.</summary>
    [Range(1, 1000)]
    public int InconclusiveLimit { get; init; } = 3;

    /// <summary>True: measure and record, act on nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>One metric and what passes: at least one bound.</summary>
[Rule(
    "has(self.max) || has(self.min) || has(self.maxRelativeChange)", "a metric needs a bound: max, min or maxRelativeChange", Check = nameof(HasABound))]
public sealed record AnalysisMetric
{
    /// <summary>What is measured.</summary>
    public required RolloutMetric Name { get; init; }

    /// <summary>At most this.</summary>
    public decimal? Max { get; init; }

    /// <summary>At least this.</summary>
    public decimal? Min { get; init; }

    /// <summary>At most this far from the stable version, as a share of it: <c>"0.2"</c> is 20 %.</summary>
    public decimal? MaxRelativeChange { get; init; }

    private static bool HasABound(AnalysisMetric self) => self.Max is not null || self.Min is not null || self.MaxRelativeChange is not null;
}

/// <summary>What a rollout measures of a model.</summary>
public enum RolloutMetric
{
    /// <summary>Share of transactions reviewed or blocked.</summary>
    AlertRate = 0,

    /// <summary>Population stability index of the score against the stable version.</summary>
    ScorePsi = 1,

    /// <summary>99th percentile of the time to score, in milliseconds.</summary>
    P99LatencyMs = 2,

    /// <summary>Share of transactions that could not be scored.</summary>
    ErrorRate = 3,

    /// <summary>Share of explanations that failed.</summary>
    ExplanationFailureRate = 4,

    /// <summary>Share of transactions that the stable version decides otherwise.</summary>
    DisagreementRate = 5,

    /// <summary>Precision among labelled alerts, matured labels only.</summary>
    Precision = 6,
}

/// <summary>Wait for people.</summary>
public sealed record ApprovalStep
{
    /// <summary>How many people must approve.</summary>
    [Range(1, 10)]
    public int Required { get; init; } = 2;

    /// <summary>They must have one of these roles; none = any role that may approve.</summary>
    [MaxLength(10), ListSet, ItemPattern("^[a-z][a-z0-9-]*$", MaxLength = 63)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>True: whoever asked for the change cannot approve it.</summary>
    public bool ExcludeRequester { get; init; } = true;

    /// <summary>How long an approval counts.</summary>
    public Duration Ttl { get; init; } = Duration.Hours(72);
}

/// <summary>Wait for time to pass.</summary>
public sealed record PauseStep
{
    /// <summary>How long it waits.</summary>
    public required Duration Duration { get; init; }
}
