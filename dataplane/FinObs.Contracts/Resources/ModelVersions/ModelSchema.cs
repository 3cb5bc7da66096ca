using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ModelVersions;

/// <summary>What a model expects of its input.</summary>
public sealed record ModelSchema
{
    /// <summary>Features in the order of the model's columns.</summary>
    [MaxLength(256), ListMapKey("name")]
    public IReadOnlyList<FeatureSpec>? Features { get; init; }
}

/// <summary>One feature.</summary>
public sealed record FeatureSpec
{
    /// <summary>Its name in the catalogue with its version, e.g. <c>amount_z_account@1</c>, or <c>meta.</c> and a field of the transaction's meta.</summary>
    [StringLength(128, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>What kind of number it is.</summary>
    public FeatureType Type { get; init; } = FeatureType.Numeric;

    /// <summary>Values below are a data quality problem.</summary>
    public decimal? Min { get; init; }

    /// <summary>Values above are a data quality problem.</summary>
    public decimal? Max { get; init; }

    /// <summary>The categories that are known.</summary>
    [MaxLength(256), ItemPattern("^.*$")]
    public IReadOnlyList<string>? Categories { get; init; }
}

/// <summary>What kind of number a feature is.</summary>
public enum FeatureType
{
    /// <summary>A quantity.</summary>
    Numeric = 0,

    /// <summary>One of several.</summary>
    Categorical = 1,

    /// <summary>Yes or no.</summary>
    Binary = 2,

    /// <summary>Of the clock or the calendar: compared like for like, or not at all.</summary>
    Calendar = 3,
}

/// <summary>The frozen statistics of a version.</summary>
public sealed record ModelReference
{
    /// <summary>Content address they must have.</summary>
    [RegularExpression(Patterns.Digest), StringLength(71)]
    public required string StatsDigest { get; init; }

    /// <summary>Where they are.</summary>
    [StringLength(2048, MinimumLength = 8)]
    public required string Uri { get; init; }
}

/// <summary>From which score on what happens. Scores are quantiles of the training window, so a threshold is an alert rate.</summary>
[Rule(
    "!has(self.reviewAt) || !has(self.blockAt) || double(self.reviewAt) < double(self.blockAt)", "reviewAt must be below blockAt",
    Check = nameof(ReviewIsBelowBlock), FieldPath = ".blockAt")]
[Rule(
    "self.calibration != 'Quantile' || ((!has(self.reviewAt) || (double(self.reviewAt) > 0.0 && double(self.reviewAt) <= 1.0)) && (!has(self.blockAt) || (double(self.blockAt) > 0.0 && double(self.blockAt) <= 1.0)))",
    "a Quantile threshold is above 0 and at most 1: 0.99 reviews 1 % of transactions", Check = nameof(QuantilesAreShares), FieldPath = ".reviewAt")]
public sealed record DecisionSpec
{
    /// <summary>Score from which on a person reviews; none = what the artifact's manifest says, by default <c>"0.99"</c> (1 %).</summary>
    public decimal? ReviewAt { get; init; }

    /// <summary>Score from which on it is blocked; none = what the artifact's manifest says, by default <c>"0.999"</c> (0.1 %).</summary>
    public decimal? BlockAt { get; init; }

    /// <summary>How the model's output becomes a score.</summary>
    public ScoreCalibration Calibration { get; init; } = ScoreCalibration.Quantile;

    private static bool ReviewIsBelowBlock(DecisionSpec self) => self.ReviewAt is null || self.BlockAt is null || self.ReviewAt < self.BlockAt;

    private static bool QuantilesAreShares(DecisionSpec self) =>
        self.Calibration != ScoreCalibration.Quantile || (self.ReviewAt is null or (> 0 and <= 1) && self.BlockAt is null or (> 0 and <= 1));
}

/// <summary>How a model's output becomes a score.</summary>
public enum ScoreCalibration
{
    /// <summary>The empirical quantile of the training window, 0..1.</summary>
    Quantile = 0,

    /// <summary>The output is the score: thresholds are in its own units.</summary>
    None = 1,
}

/// <summary>Who answers for a model. Good practice of model risk management; no claim of compliance.</summary>
public sealed record ModelGovernance
{
    /// <summary>Team or person who answers for it.</summary>
    [StringLength(253)]
    public string? Owner { get; init; }

    /// <summary>How much harm it could do.</summary>
    public RiskTier? RiskTier { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(4096)]
    public string? Purpose { get; init; }

    /// <summary>What it must not be used for, and where it is known to be weak.</summary>
    [StringLength(4096)]
    public string? Limitations { get; init; }

    /// <summary>Who validated it.</summary>
    public ModelValidation? Validation { get; init; }

    /// <summary>When it must be looked at again.</summary>
    public DateTimeOffset? NextReviewBy { get; init; }
}

/// <summary>How much harm a model could do.</summary>
public enum RiskTier
{
    /// <summary>Much.</summary>
    High = 0,

    /// <summary>Some.</summary>
    Medium = 1,

    /// <summary>Little.</summary>
    Low = 2,
}

/// <summary>A validation by somebody else than the builder.</summary>
public sealed record ModelValidation
{
    /// <summary>Who validated it.</summary>
    [StringLength(253)]
    public required string By { get; init; }

    /// <summary>When it was validated.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>SHA-256 of the report.</summary>
    [RegularExpression(Patterns.Digest), StringLength(71)]
    public string? ReportDigest { get; init; }
}
