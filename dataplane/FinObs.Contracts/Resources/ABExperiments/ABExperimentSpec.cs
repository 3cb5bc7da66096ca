using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.ABExperiments;

/// <summary>What is compared, by what, and what follows.</summary>
[Rule("self.state == 'Draft' || oldSelf.state == 'Draft' || self.arms == oldSelf.arms", "arms cannot change once the experiment runs; make another experiment", Check = nameof(ArmsAreFixed), FieldPath = ".arms")]
[Rule(
    "oldSelf.state == 'Draft' || self.salt == oldSelf.salt && self.unitKey == oldSelf.unitKey && self.bucketVersion == oldSelf.bucketVersion",
    "salt, unitKey and bucketVersion cannot change once the experiment runs: units would move between arms", Check = nameof(UnitsStay), FieldPath = ".salt")]
[Rule("self.state != 'Draft' || oldSelf.state == 'Draft'", "an experiment that has run does not become a draft again", Check = nameof(IsNoDraftAgain), FieldPath = ".state")]
[Rule("oldSelf.state != 'Stopped' || self.state == 'Stopped'", "a stopped experiment stays stopped; make another one", Check = nameof(StaysStopped), FieldPath = ".state")]
[Rule("oldSelf.state == 'Draft' || self.enrolPercent >= oldSelf.enrolPercent", "enrolPercent only grows: units that take part stay", Check = nameof(EnrolmentGrows), FieldPath = ".enrolPercent")]
public sealed record ABExperimentSpec : ResourceSpec
{
    /// <summary>Name of the model.</summary>
    [StringLength(63, MinimumLength = 1), RegularExpression(Patterns.DnsLabel), Immutable]
    public required string Model { get; init; }

    /// <summary>Whether units are split, or every version scores everything.</summary>
    [Immutable]
    public ExperimentMode Mode { get; init; } = ExperimentMode.Split;

    /// <summary>The versions compared.</summary>
    [MinLength(2), MaxLength(4), ListMapKey("name")]
    [Rule("self.map(a, a.weight).sum() == 100", "the weights of the arms must add up to 100", Check = nameof(WeightsAreWhole))]
    [Rule("self.filter(a, a.name == 'control').size() == 1", "exactly one arm must be named control", Check = nameof(HasOneControl))]
    public required IReadOnlyList<ExperimentArm> Arms { get; init; }

    /// <summary>What is kept in one arm.</summary>
    public UnitKey UnitKey { get; init; } = UnitKey.AccountId;

    /// <summary>What makes this experiment's split independent of others; none = the object's uid.</summary>
    [StringLength(64)]
    public string Salt { get; init; } = "";

    /// <summary>Another number shuffles all units anew.</summary>
    [Range(1, 1000)]
    public int BucketVersion { get; init; } = 1;

    /// <summary>Share of the units that take part, in percent.</summary>
    [Range(1, 100)]
    public int EnrolPercent { get; init; } = 20;

    /// <summary>What one expects, in a sentence.</summary>
    [StringLength(1024)]
    public string? Hypothesis { get; init; }

    /// <summary>The metric that decides.</summary>
    public required PrimaryMetric Primary { get; init; }

    /// <summary>What must not get worse.</summary>
    [MaxLength(10)]
    public IReadOnlyList<ExperimentGuardrail>? Guardrails { get; init; }

    /// <summary>What is worth a look.</summary>
    [MaxLength(10)]
    public IReadOnlyList<ExperimentGuardrail>? Signals { get; init; }

    /// <summary>How it is evaluated.</summary>
    public ExperimentAnalysis Analysis { get; init; } = new();

    /// <summary>How long it runs.</summary>
    public ExperimentDuration Duration { get; init; } = new();

    /// <summary>What follows from it.</summary>
    public ExperimentConclusion Conclusion { get; init; } = new();

    /// <summary>Whether it runs.</summary>
    public ExperimentState State { get; init; } = ExperimentState.Draft;

    private static bool ArmsAreFixed(ABExperimentSpec self, ABExperimentSpec old) =>
        self.State == ExperimentState.Draft || old.State == ExperimentState.Draft
        || self.Arms.OrderBy(arm => arm.Name, StringComparer.Ordinal).SequenceEqual(old.Arms.OrderBy(arm => arm.Name, StringComparer.Ordinal));

    private static bool UnitsStay(ABExperimentSpec self, ABExperimentSpec old) =>
        old.State == ExperimentState.Draft || (self.Salt == old.Salt && self.UnitKey == old.UnitKey && self.BucketVersion == old.BucketVersion);

    private static bool IsNoDraftAgain(ABExperimentSpec self, ABExperimentSpec old) => self.State != ExperimentState.Draft || old.State == ExperimentState.Draft;

    private static bool StaysStopped(ABExperimentSpec self, ABExperimentSpec old) => old.State != ExperimentState.Stopped || self.State == ExperimentState.Stopped;

    private static bool EnrolmentGrows(ABExperimentSpec self, ABExperimentSpec old) => old.State == ExperimentState.Draft || self.EnrolPercent >= old.EnrolPercent;

    private static bool WeightsAreWhole(IReadOnlyList<ExperimentArm> self) => self.Sum(arm => arm.Weight) == 100;

    private static bool HasOneControl(IReadOnlyList<ExperimentArm> self) => self.Count(arm => arm.Name == "control") == 1;
}

/// <summary>How versions are compared.</summary>
public enum ExperimentMode
{
    /// <summary>Each unit is decided by one of them.</summary>
    Split = 0,

    /// <summary>The control decides; every version scores everything. Needs far fewer labels.</summary>
    PairedShadow = 1,
}

/// <summary>Whether an experiment runs.</summary>
public enum ExperimentState
{
    /// <summary>Not yet.</summary>
    Draft = 0,

    /// <summary>It does.</summary>
    Running = 1,

    /// <summary>Not for now: units stay in their arms.</summary>
    Paused = 2,

    /// <summary>No more.</summary>
    Stopped = 3,
}

/// <summary>One version in an experiment.</summary>
public sealed record ExperimentArm
{
    /// <summary>Its name; one arm is <c>control</c>.</summary>
    [StringLength(32, MinimumLength = 1), RegularExpression(Patterns.DnsLabel)]
    public required string Name { get; init; }

    /// <summary>Which version.</summary>
    [StringLength(40), RegularExpression(Patterns.Version)]
    public required string Version { get; init; }

    /// <summary>Its share of the units that take part, in percent.</summary>
    [Range(0, 100)]
    public required int Weight { get; init; }
}
