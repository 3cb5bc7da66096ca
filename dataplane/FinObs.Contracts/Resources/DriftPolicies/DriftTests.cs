using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>By which tests, from which value on. Effect sizes decide; p-values inform, because with enough transactions every difference is significant.</summary>
[Rule("double(self.alpha) > 0.0 && double(self.alpha) < 0.5", "alpha must lie between 0 and 0.5, for example \"0.01\"", Check = nameof(AlphaIsSmall), FieldPath = ".alpha")]
public sealed record DriftTests
{
    /// <summary>For numbers.</summary>
    public NumericDriftTest Numeric { get; init; } = new();

    /// <summary>For categories.</summary>
    public CategoricalDriftTest Categorical { get; init; } = new();

    /// <summary>Where thresholds come from.</summary>
    public DriftThreshold Threshold { get; init; } = new();

    /// <summary>How p-values of many features are corrected.</summary>
    public MultipleTestCorrection Correction { get; init; } = MultipleTestCorrection.BenjaminiHochberg;

    /// <summary>Level of significance of what is shown beside the effect size.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Alpha { get; init; } = 0.01m;

    private static bool AlphaIsSmall(DriftTests self) => self.Alpha is > 0 and < 0.5m;
}

/// <summary>Tests for numbers.</summary>
[Rule("double(self.warn) <= double(self.threshold)", "warn must not be above threshold", Check = nameof(WarnsFirst), FieldPath = ".warn")]
public sealed record NumericDriftTest
{
    /// <summary>The one that decides.</summary>
    public NumericTest Primary { get; init; } = NumericTest.Psi;

    /// <summary>Quantile bins of the reference, with open ends.</summary>
    [Range(4, 100)]
    public int Bins { get; init; } = 10;

    /// <summary>From here on it is drift.</summary>
    public decimal Threshold { get; init; } = 0.2m;

    /// <summary>From here on it is a warning.</summary>
    public decimal Warn { get; init; } = 0.1m;

    /// <summary>Shown beside it.</summary>
    [MaxLength(3), ListSet]
    public IReadOnlyList<NumericTest>? Also { get; init; }

    private static bool WarnsFirst(NumericDriftTest self) => self.Warn <= self.Threshold;
}

/// <summary>A test for numbers.</summary>
public enum NumericTest
{
    /// <summary>Population stability index.</summary>
    Psi = 0,

    /// <summary>Wasserstein distance over the reference's standard deviation.</summary>
    Wasserstein = 1,

    /// <summary>Two-sample Kolmogorov-Smirnov.</summary>
    Ks = 2,
}

/// <summary>Tests for categories.</summary>
public sealed record CategoricalDriftTest
{
    /// <summary>The one that decides.</summary>
    public CategoricalTest Primary { get; init; } = CategoricalTest.JensenShannon;

    /// <summary>From here on it is drift.</summary>
    public decimal Threshold { get; init; } = 0.1m;

    /// <summary>Shown beside it.</summary>
    [MaxLength(2), ListSet]
    public IReadOnlyList<CategoricalTest>? Also { get; init; }

    /// <summary>A larger share of categories that the reference did not have is drift, whatever the test says.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal UnseenRateMax { get; init; } = 0.01m;
}

/// <summary>A test for categories.</summary>
public enum CategoricalTest
{
    /// <summary>Jensen-Shannon distance.</summary>
    JensenShannon = 0,

    /// <summary>Chi-squared.</summary>
    ChiSquared = 1,
}

/// <summary>Where thresholds come from.</summary>
public sealed record DriftThreshold
{
    /// <summary>From the spec, or learned from the reference's own ups and downs.</summary>
    public ThresholdMode Mode { get; init; } = ThresholdMode.Fixed;

    /// <summary>Learned: so many standard deviations above the mean over chunks of the reference.</summary>
    public decimal Sigmas { get; init; } = 3m;
}

/// <summary>Where thresholds come from.</summary>
public enum ThresholdMode
{
    /// <summary>The spec.</summary>
    Fixed = 0,

    /// <summary>The reference.</summary>
    Learned = 1,
}

/// <summary>How p-values of many tests are corrected.</summary>
public enum MultipleTestCorrection
{
    /// <summary>False discovery rate.</summary>
    BenjaminiHochberg = 0,

    /// <summary>Family-wise error rate.</summary>
    Bonferroni = 1,

    /// <summary>Not at all.</summary>
    None = 2,
}

/// <summary>How performance is judged.</summary>
public sealed record DriftPerformance
{
    /// <summary>Labels younger than this are not final.</summary>
    public Duration LabelMaturity { get; init; } = Duration.Hours(720);

    /// <summary>Below so many labels there is no answer.</summary>
    [Range(1, 1_000_000)]
    public int MinLabelled { get; init; } = 200;

    /// <summary>What is measured.</summary>
    public PerformanceMetric Metric { get; init; } = PerformanceMetric.PrecisionAtK;

    /// <summary>Below this it is drift; with FalsePositiveRate above it.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal MinValue { get; init; } = 0.3m;
}

/// <summary>What is measured of a model's decisions, where labels are known.</summary>
public enum PerformanceMetric
{
    /// <summary>Share of fraud among the k highest scores, k being the number that was flagged.</summary>
    PrecisionAtK = 0,

    /// <summary>Share of the known fraud that was flagged.</summary>
    Recall = 1,

    /// <summary>Share of legitimate transactions that were flagged.</summary>
    FalsePositiveRate = 2,
}

/// <summary>When breaches count as drift.</summary>
[Rule("self.breaches <= self.outOf", "breaches must not be above outOf", Check = nameof(IsPossible), FieldPath = ".breaches")]
[Rule("double(self.severeRatio) == 0.0 || double(self.severeRatio) >= 1.0", "severeRatio must be 1 or more, for example \"1.25\", or 0 for never", Check = nameof(IsSevereAboveDrift), FieldPath = ".severeRatio")]
public sealed record DriftTrigger
{
    /// <summary>So many breaches among the last <see cref="OutOf"/> tests are drift.</summary>
    [Range(1, 100)]
    public int Breaches { get; init; } = 3;

    /// <summary>How many of the last tests are looked at.</summary>
    [Range(1, 100)]
    public int OutOf { get; init; } = 5;

    /// <summary>A test is a breach where at least this share of the features drift.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal MinShare { get; init; } = 0.3m;

    /// <summary>One feature that drifts so many times as far as its threshold makes a breach by itself, whatever <see cref="MinShare"/> says; 0 = never.</summary>
    public decimal SevereRatio { get; init; } = 1.25m;

    /// <summary>After it acted it is quiet for so long.</summary>
    public Duration Cooldown { get; init; } = Duration.Hours(24);

    private static bool IsSevereAboveDrift(DriftTrigger self) => self.SevereRatio is 0 or >= 1;

    private static bool IsPossible(DriftTrigger self) => self.Breaches <= self.OutOf;
}
