using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Api;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the list of experiments shows.</summary>
internal sealed record ExperimentsModel(IReadOnlyList<ExperimentLine> Items);

/// <summary>An experiment in the list.</summary>
/// <param name="It">Where it is.</param>
/// <param name="Metric">The primary metric.</param>
/// <param name="Shown">Of its treatments the one with the most to say; null = no look was taken.</param>
/// <param name="Remaining">Units that the smallest arm still lacks; null = not known.</param>
/// <param name="EtaDays">Until they are there, at the pace so far.</param>
internal sealed record ExperimentLine(ExperimentAnswer It, string Metric, TreatmentLine? Shown, long? Remaining, double? EtaDays);

/// <summary>One experiment.</summary>
/// <param name="It">Where it is.</param>
/// <param name="Plan">What is asked, and how.</param>
/// <param name="Look">The last look; null = none was taken yet.</param>
/// <param name="Looks">How the evidence grew, the oldest first.</param>
/// <param name="Changes">What became of it, the newest first.</param>
internal sealed record ExperimentModel(ExperimentAnswer It, ExperimentPlan Plan, ExperimentLook? Look, IReadOnlyList<LookLine> Looks, IReadOnlyList<ExperimentChangeAnswer> Changes);

/// <summary>What is asked. The hypothesis is in its owner's words; the level is that of each treatment: the resource's over their number.</summary>
internal sealed record ExperimentPlan(
    string? Hypothesis, ExperimentMetric Metric, bool Increase, double Mde, double Alpha, double Power, bool IsFixed, bool IsPaired, int EnrolPercent, string Interval, string Min, string Max, long MinPerArm, double MaxCoverageGap,
    double SrmAlpha, int Approvals);

/// <summary>The last look.</summary>
/// <param name="At">When.</param>
/// <param name="Verdict">What it found.</param>
/// <param name="Sentence">The same in words.</param>
/// <param name="Arms">What each did.</param>
/// <param name="Treatments">Each against the control.</param>
/// <param name="SampleRatioP">That the arms got the shares they should; null where nothing is split.</param>
/// <param name="SampleRatioOk">They did.</param>
/// <param name="MultipleExposures">Units that met the version of another arm.</param>
/// <param name="CoverageGap">Between the arms' shares of labelled units; null where the metric needs no labels.</param>
/// <param name="RequiredPerArm">Units that each arm needs; null = not known yet.</param>
/// <param name="EtaDays">Until they are there.</param>
/// <param name="Guardrails">Bounds and what was measured.</param>
internal sealed record ExperimentLook(
    DateTimeOffset At, ExperimentVerdict Verdict, string Sentence, IReadOnlyList<ArmLine> Arms, IReadOnlyList<TreatmentLine> Treatments, double? SampleRatioP, bool SampleRatioOk, long MultipleExposures, double? CoverageGap,
    long? RequiredPerArm, double? EtaDays, IReadOnlyList<GuardrailLine> Guardrails);

/// <summary>An arm: the rate of the primary metric with Wilson's interval, and what it rests on.</summary>
internal sealed record ArmLine(string Name, string Version, double Share, long Units, long Decisions, long Known, double? Rate, double? Low, double? High, double? Coverage, double? AlertRate, double? P99Ms);

/// <summary>A treatment against the control. The interval holds at any look.</summary>
internal sealed record TreatmentLine(string Arm, double? Effect, double Low, double High, double P, double? FixedP)
{
    /// <summary>There is enough to draw one.</summary>
    public bool HasInterval => Effect is not null && (Low > -1 || High < 1);
}

/// <summary>How one treatment stood at one look.</summary>
internal sealed record LookLine(DateTimeOffset At, string Arm, double P, double? Effect, double Low, double High);

/// <summary>A bound.</summary>
internal sealed record GuardrailLine(string Metric, string Arm, double? Value, double? Control, string Action, bool IsBreached);
