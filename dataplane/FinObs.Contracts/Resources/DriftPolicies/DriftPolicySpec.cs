using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.DriftPolicies;

/// <summary>How drift is tested, and what follows from it.</summary>
public sealed record DriftPolicySpec : ResourceSpec
{
    /// <summary>Which model is watched.</summary>
    public required ModelRef ModelRef { get; init; }

    /// <summary>Which transactions are compared with the reference.</summary>
    public DriftWindow Window { get; init; } = new();

    /// <summary>What they are compared with.</summary>
    public DriftComparison Compare { get; init; } = DriftComparison.WholeReference;

    /// <summary>Which features are tested.</summary>
    public DriftFeatures Features { get; init; } = new();

    /// <summary>By which tests, from which value on.</summary>
    public DriftTests Tests { get; init; } = new();

    /// <summary>What is tested.</summary>
    [MinLength(1), MaxLength(7), ListSet]
    public IReadOnlyList<DriftTarget> Targets { get; init; } = [DriftTarget.Features, DriftTarget.Score, DriftTarget.AlertRate, DriftTarget.DataQuality];

    /// <summary>How performance on labels is judged, where it is a target.</summary>
    public DriftPerformance? Performance { get; init; }

    /// <summary>When single breaches count as drift.</summary>
    public DriftTrigger Trigger { get; init; } = new();

    /// <summary>What happens then.</summary>
    [MaxLength(16)]
    public IReadOnlyList<DriftAction>? Actions { get; init; }

    /// <summary>When it is tested: a cron expression of five fields, UTC.</summary>
    [StringLength(64), RegularExpression(Patterns.Cron)]
    public string Schedule { get; init; } = "0 * * * *";
}

/// <summary>Which transactions are compared.</summary>
[Rule("self.minSamples <= self.maxSamples", "minSamples must not be above maxSamples", Check = nameof(MinIsNotAboveMax), FieldPath = ".minSamples")]
public sealed record DriftWindow
{
    /// <summary>Whether windows overlap.</summary>
    public WindowMode Mode { get; init; } = WindowMode.Sliding;

    /// <summary>How long one is. Against the whole reference it should be whole days: a shorter one differs by its hours alone.</summary>
    public Duration Duration { get; init; } = Duration.Hours(24);

    /// <summary>No more than so many transactions of it.</summary>
    [Range(100, 10_000_000)]
    public int MaxSamples { get; init; } = 20_000;

    /// <summary>Below so many there is no answer.</summary>
    [Range(50, 10_000_000)]
    public int MinSamples { get; init; } = 1000;

    private static bool MinIsNotAboveMax(DriftWindow self) => self.MinSamples <= self.MaxSamples;
}

/// <summary>Whether windows overlap.</summary>
public enum WindowMode
{
    /// <summary>One after the other.</summary>
    Tumbling = 0,

    /// <summary>Each test looks back for the whole length.</summary>
    Sliding = 1,
}

/// <summary>What a window is compared with.</summary>
public enum DriftComparison
{
    /// <summary>The whole reference.</summary>
    WholeReference = 0,

    /// <summary>The same hours of the week of it.</summary>
    SameHourOfWeek = 1,
}

/// <summary>Which features are tested.</summary>
public sealed record DriftFeatures
{
    /// <summary>Only these; none = all.</summary>
    [MaxLength(256), ListSet, ItemPattern("^.+$", MaxLength = 128)]
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Not these.</summary>
    [MaxLength(256), ListSet, ItemPattern("^.+$", MaxLength = 128)]
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Features of the clock drift with every window that is not a whole week.</summary>
    public CalendarFeatures Calendar { get; init; } = CalendarFeatures.Exclude;
}

/// <summary>What is done with features of the clock.</summary>
public enum CalendarFeatures
{
    /// <summary>They are not tested.</summary>
    Exclude = 0,

    /// <summary>They are compared with the same hours of the week.</summary>
    LikeForLike = 1,
}

/// <summary>What is tested.</summary>
public enum DriftTarget
{
    /// <summary>Each feature's distribution.</summary>
    Features = 0,

    /// <summary>The score's distribution.</summary>
    Score = 1,

    /// <summary>The share of transactions flagged.</summary>
    AlertRate = 2,

    /// <summary>The autoencoder's reconstruction error.</summary>
    ReconstructionError = 3,

    /// <summary>The features' shares in the explanations.</summary>
    ShapAttribution = 4,

    /// <summary>Missing, out of range and unseen values.</summary>
    DataQuality = 5,

    /// <summary>Performance on labels.</summary>
    Performance = 6,
}
