using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Experiments.Judging;

/// <summary>A metric of an arm, counted in units: each counts once, by the first transaction on which the metric can be told.</summary>
/// <param name="Successes">Of the trials.</param>
/// <param name="Trials">Units on which it is known; one without a label is not among them, neither as right nor as wrong.</param>
/// <param name="Known">Units whose label is final, of the eligible.</param>
/// <param name="Eligible">Units that need one.</param>
internal readonly record struct MetricCount(long Successes, long Trials, long Known, long Eligible)
{
    public double? Rate => Trials == 0 ? null : (double)Successes / Trials;

    /// <summary>Null where nothing needs a label.</summary>
    public double? Coverage => Eligible == 0 ? null : (double)Known / Eligible;

    [JsonIgnore]
    public Proportion Proportion => new(Successes, Trials);
}

/// <summary>What one arm did.</summary>
internal sealed record ArmCounts
{
    public required string Name { get; init; }

    /// <summary>Its share of the units that take part, 0..1.</summary>
    public required double Share { get; init; }

    public required long Units { get; init; }

    public required long Decisions { get; init; }

    public required IReadOnlyDictionary<ExperimentMetric, MetricCount> Metrics { get; init; }

    /// <summary>Of the time to score, in milliseconds, in this process; null = unknown.</summary>
    public double? P99Ms { get; init; }

    public MetricCount Of(ExperimentMetric metric) => Metrics.TryGetValue(metric, out MetricCount count) ? count : default;
}

/// <summary>A treatment and the control on the same units.</summary>
/// <param name="Treatment">Arm.</param>
/// <param name="Units">Pairs on which the primary metric is known.</param>
/// <param name="OnlyControl">The control has the event, the treatment has not.</param>
/// <param name="OnlyTreatment">The other way round.</param>
internal sealed record PairCounts(string Treatment, long Units, long OnlyControl, long OnlyTreatment);

/// <summary>All that an experiment has seen.</summary>
internal sealed record ExperimentCounts
{
    /// <summary>In the order of the spec.</summary>
    public required IReadOnlyList<ArmCounts> Arms { get; init; }

    /// <summary>Of a PairedShadow, one for each treatment; else empty.</summary>
    public IReadOnlyList<PairCounts> Pairs { get; init; } = [];

    /// <summary>Units that were decided by the version of another arm than theirs.</summary>
    public long MultipleExposures { get; init; }

    public ArmCounts Control => Arms.First(arm => arm.Name == ExperimentArms.Control);

    public IEnumerable<ArmCounts> Treatments => Arms.Where(arm => arm.Name != ExperimentArms.Control);
}

/// <summary>Names of arms.</summary>
internal static class ExperimentArms
{
    public const string Control = "control";
}
