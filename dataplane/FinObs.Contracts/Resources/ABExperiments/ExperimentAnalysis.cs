using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ABExperiments;

/// <summary>What is measured of an arm.</summary>
public enum ExperimentMetric
{
    /// <summary>Share of fraud among the k highest scores.</summary>
    PrecisionAtK = 0,

    /// <summary>Share of the known fraud that was flagged.</summary>
    Recall = 1,

    /// <summary>Share of transactions flagged.</summary>
    AlertRate = 2,

    /// <summary>Share of legitimate transactions flagged.</summary>
    FalsePositiveRate = 3,

    /// <summary>Share of decisions that people changed.</summary>
    OverrideRate = 4,

    /// <summary>99th percentile of the time to score, in milliseconds.</summary>
    P99LatencyMs = 5,

    /// <summary>Share of transactions that the arms decide otherwise.</summary>
    DisagreementRate = 6,

    /// <summary>Share of transactions that could not be scored.</summary>
    ErrorRate = 7,
}

/// <summary>The metric that decides.</summary>
[Rule(
    "self.metric != 'P99LatencyMs' && self.metric != 'DisagreementRate' && self.metric != 'ErrorRate'", "the primary metric is one of PrecisionAtK, Recall, AlertRate, FalsePositiveRate, OverrideRate",
    Check = nameof(IsAProportion), FieldPath = ".metric")]
public sealed record PrimaryMetric
{
    /// <summary>What is measured.</summary>
    public required ExperimentMetric Metric { get; init; }

    /// <summary>Whether it should rise or fall.</summary>
    public required MetricDirection Direction { get; init; }

    /// <summary>The smallest effect worth finding, absolute.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Mde { get; init; } = 0.02m;

    /// <summary>How often an effect may be found that is none (level of significance).</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Alpha { get; init; } = 0.05m;

    /// <summary>How often an effect of the size of mde must be found.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Power { get; init; } = 0.8m;

    private static bool IsAProportion(PrimaryMetric self) =>
        self.Metric is not (ExperimentMetric.P99LatencyMs or ExperimentMetric.DisagreementRate or ExperimentMetric.ErrorRate);
}

/// <summary>Where a metric should go.</summary>
public enum MetricDirection
{
    /// <summary>Up.</summary>
    Increase = 0,

    /// <summary>Down.</summary>
    Decrease = 1,
}

/// <summary>A bound, and what happens beyond it.</summary>
[Rule("has(self.max) || has(self.maxRelativeIncrease)", "a guardrail needs a bound: max or maxRelativeIncrease", Check = nameof(HasABound))]
public sealed record ExperimentGuardrail
{
    /// <summary>What is measured.</summary>
    public required ExperimentMetric Metric { get; init; }

    /// <summary>At most this.</summary>
    public decimal? Max { get; init; }

    /// <summary>At most this far above the control, as a share of it.</summary>
    public decimal? MaxRelativeIncrease { get; init; }

    /// <summary>What happens beyond it.</summary>
    public required GuardrailAction Action { get; init; }

    private static bool HasABound(ExperimentGuardrail self) => self.Max is not null || self.MaxRelativeIncrease is not null;
}

/// <summary>What happens beyond a bound.</summary>
public enum GuardrailAction
{
    /// <summary>The experiment stops: the control decides everything.</summary>
    Stop = 0,

    /// <summary>It pauses until a person says.</summary>
    Pause = 1,
}

/// <summary>How an experiment is evaluated.</summary>
public sealed record ExperimentAnalysis
{
    /// <summary>Whether one may look before the end.</summary>
    public AnalysisMethod Method { get; init; } = AnalysisMethod.Sequential;

    /// <summary>The test at a fixed end.</summary>
    public ExperimentTest Test { get; init; } = ExperimentTest.ChiSquared;

    /// <summary>How often it is evaluated.</summary>
    public Duration Interval { get; init; } = Duration.Minutes(15);

    /// <summary>Shares of the arms less likely than this void the verdict (sample ratio mismatch).</summary>
    [RegularExpression(Patterns.Share)]
    public decimal SrmAlpha { get; init; } = 0.001m;

    /// <summary>Below so many units in an arm there is no answer.</summary>
    [Range(1, 100_000_000)]
    public int MinPerArm { get; init; } = 1000;

    /// <summary>Labels younger than this are not final.</summary>
    public Duration LabelMaturity { get; init; } = Duration.Hours(336);

    /// <summary>Arms whose shares of labelled units differ by more than this cannot be compared.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal MaxCoverageGap { get; init; } = 0.05m;
}

/// <summary>Whether one may look before the end.</summary>
public enum AnalysisMethod
{
    /// <summary>At any time: always-valid p-values.</summary>
    Sequential = 0,

    /// <summary>At the planned end only.</summary>
    FixedHorizon = 1,
}

/// <summary>The test at a fixed end.</summary>
public enum ExperimentTest
{
    /// <summary>For a split.</summary>
    ChiSquared = 0,

    /// <summary>For pairs.</summary>
    McNemar = 1,
}

/// <summary>How long an experiment runs.</summary>
[Rule("duration(self.min) <= duration(self.max)", "min must not be above max", Check = nameof(MinIsNotAboveMax), FieldPath = ".min")]
public sealed record ExperimentDuration
{
    /// <summary>No verdict before.</summary>
    public Duration Min { get; init; } = Duration.Hours(168);

    /// <summary>It ends then, with or without one.</summary>
    public Duration Max { get; init; } = Duration.Hours(1008);

    private static bool MinIsNotAboveMax(ExperimentDuration self) => self.Min.Value <= self.Max.Value;
}

/// <summary>What follows from an experiment.</summary>
public sealed record ExperimentConclusion
{
    /// <summary>Whether the winner is proposed for promotion.</summary>
    public ExperimentPromotion Promote { get; init; } = ExperimentPromotion.Manual;

    /// <summary>How many people must approve.</summary>
    [Range(1, 10)]
    public int Approvals { get; init; } = 2;
}

/// <summary>Whether the winner is proposed for promotion.</summary>
public enum ExperimentPromotion
{
    /// <summary>Somebody asks for it.</summary>
    Manual = 0,

    /// <summary>The experiment asks; people approve.</summary>
    AfterApproval = 1,
}
