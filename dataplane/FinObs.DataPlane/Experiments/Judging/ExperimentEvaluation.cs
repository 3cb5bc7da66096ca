using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.ABExperiments;

namespace FinObs.DataPlane.Experiments.Judging;

/// <summary>One look at an experiment, with what it rests on; kept for good.</summary>
internal sealed record ExperimentEvaluation
{
    /// <summary>Metrics are keys here, by their names.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<ArmCounts> Arms { get; init; }

    public IReadOnlyList<PairCounts> Pairs { get; init; } = [];

    public required IReadOnlyList<TreatmentResult> Treatments { get; init; }

    /// <summary>Always valid, the least of all looks; null where nothing is split.</summary>
    public double? SampleRatioP { get; init; }

    public bool SampleRatioOk { get; init; } = true;

    public long MultipleExposures { get; init; }

    /// <summary>Between the largest and the least share of labelled units; null where the metric needs no labels.</summary>
    public double? CoverageGap { get; init; }

    public IReadOnlyList<GuardrailFinding> Guardrails { get; init; } = [];

    /// <summary>The planned end is reached.</summary>
    public bool IsAtTheEnd { get; init; }

    /// <summary>Units that each arm needs for the planned power at the planned end; null = not known yet, or none would do.</summary>
    public long? RequiredPerArm { get; init; }

    /// <summary>At the pace so far.</summary>
    public double? EtaDays { get; init; }

    public required ExperimentVerdict Verdict { get; init; }

    /// <summary>Of <see cref="ABExperimentReasons"/>: what the verdict rests on.</summary>
    public required string Reason { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>The arm that is best; null = none is known to be.</summary>
    public string? Winner { get; init; }

    public static ExperimentEvaluation? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<ExperimentEvaluation>(json, Json);

    public string Write() => JsonSerializer.Serialize(this, Json);
}

/// <summary>A treatment against the control.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Effect">Rate of the treatment less that of the control; null = not known yet.</param>
/// <param name="Low">Lower end of the confidence sequence for it.</param>
/// <param name="High">Upper end.</param>
/// <param name="SequentialP">Always valid, the least of all looks.</param>
/// <param name="FixedStatistic">χ² of the test at the planned end; McNemar's is exact and has none. Null before the end.</param>
/// <param name="FixedP">Its p-value; null before the end.</param>
/// <param name="CramersV">√(χ² / n).</param>
internal sealed record TreatmentResult(string Arm, double? Effect, double Low, double High, double SequentialP, double? FixedStatistic, double? FixedP, double? CramersV);

/// <summary>A bound and what was measured.</summary>
/// <param name="Metric">What.</param>
/// <param name="Arm">Of which treatment.</param>
/// <param name="Value">Null = unknown.</param>
/// <param name="Control">The control's.</param>
/// <param name="Action">What happens beyond the bound.</param>
/// <param name="IsBreached">It is beyond, and not by chance.</param>
internal sealed record GuardrailFinding(ExperimentMetric Metric, string Arm, double? Value, double? Control, GuardrailAction Action, bool IsBreached);
