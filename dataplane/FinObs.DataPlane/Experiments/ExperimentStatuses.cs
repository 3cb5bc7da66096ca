using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Rollout.Analysis;

namespace FinObs.DataPlane.Experiments;

/// <summary>Says how an experiment stands, from its last look.</summary>
internal static class ExperimentStatuses
{
    public static ABExperimentStatus Of(ABExperimentSpec spec, ExperimentRow? row, ArmsFinding arms, string? busyWith, DateTimeOffset now)
    {
        ExperimentEvaluation? last = ExperimentEvaluation.Read(row?.Evaluation);
        TreatmentResult? shown = Shown(last);
        bool isFixed = spec.Analysis.Method == AnalysisMethod.FixedHorizon;
        return new ABExperimentStatus
        {
            Phase = row?.Phase ?? (spec.State == ExperimentState.Stopped ? ExperimentPhase.Stopped : ExperimentPhase.Draft),
            Arms = last is null ? null : [.. last.Arms.Select(arm => Arm(spec, arm))],
            Units = last?.Arms.Sum(arm => arm.Units),
            Srm = last?.SampleRatioP is { } ratio ? new SampleRatio { P = Number(ratio), Ok = last.SampleRatioOk } : null,
            MultipleExposures = last?.MultipleExposures,
            Sequential = shown is null ? null : new SequentialResult { PAlwaysValid = Number(shown.SequentialP), EValue = shown.SequentialP > 1e-12 ? Number(1 / shown.SequentialP) : null },
            Fixed = shown?.FixedP is { } p ? new FixedResult { Chi2 = Number(shown.FixedStatistic ?? 0), P = Number(p), CramersV = shown.CramersV is { } v ? Number(v) : null } : null,
            PValue = (isFixed ? shown?.FixedP : shown?.SequentialP) is { } value ? Number(value) : null,
            Effect = shown?.Effect is { } effect ? new EffectEstimate { Value = Number(effect), Low = Number(shown.Low), High = Number(shown.High) } : null,
            RequiredPerArm = last?.RequiredPerArm,
            EtaDays = last?.EtaDays is { } days ? Number(days) : null,
            Verdict = row is null ? null : last?.Verdict ?? ExperimentVerdict.Pending,
            VerdictReason = last?.Sentence,
            Winner = row?.Winner,
            PromotedBy = row?.PromotedBy,
            Conditions = [.. Conditions(spec, row, last, arms, busyWith).Select(one => one with { LastTransitionTime = now })],
        };
    }

    /// <summary>Of several treatments the one with the most to say.</summary>
    public static TreatmentResult? Shown(ExperimentEvaluation? last) => last?.Treatments.FirstOrDefault(one => one.Arm == last.Winner) ?? last?.Treatments.MinBy(one => one.SequentialP);

    private static ArmStatus Arm(ABExperimentSpec spec, ArmCounts arm)
    {
        MetricCount primary = arm.Of(spec.Primary.Metric);
        (double low, double high)? interval = primary.Rate is { } rate ? AnalysisJudge.Wilson(rate, primary.Trials) : null;
        return new ArmStatus
        {
            Name = arm.Name,
            Units = arm.Units,
            Decisions = arm.Decisions,
            Labelled = primary.Known,
            Coverage = primary.Coverage is { } coverage ? Number(coverage) : null,
            Primary = primary.Rate is { } value ? Number(value) : null,
            Low = interval is { } lower ? Number(lower.low) : null,
            High = interval is { } upper ? Number(upper.high) : null,
            AlertRate = arm.Of(ExperimentMetric.AlertRate).Rate is { } alerts ? Number(alerts) : null,
            P99Ms = arm.P99Ms is { } ms ? Number(ms) : null,
        };
    }

    private static IEnumerable<Condition> Conditions(ABExperimentSpec spec, ExperimentRow? row, ExperimentEvaluation? last, ArmsFinding arms, string? busyWith)
    {
        Condition ready = busyWith is not null
            ? Of(ABExperimentConditions.ArmsReady, ConditionStatus.False, ABExperimentReasons.RoutingBusy, $"{busyWith} has the route; it comes after that.")
            : Of(ABExperimentConditions.ArmsReady, arms.IsReady ? ConditionStatus.True : ConditionStatus.False, arms.Reason, arms.Message);
        yield return ready;
        yield return last is null ? Unstarted(ABExperimentConditions.Randomised)
            : last.Reason == ABExperimentReasons.SampleRatioMismatch ? Of(ABExperimentConditions.Randomised, ConditionStatus.False, ABExperimentReasons.SampleRatioMismatch, last.Sentence)
            : Of(ABExperimentConditions.Randomised, ConditionStatus.True, ABExperimentReasons.SharesAsPlanned, last.SampleRatioP is { } p ? string.Create(CultureInfo.InvariantCulture, $"p {p:0.###}") : "Every version scores everything.");
        yield return last is null ? Unstarted(ABExperimentConditions.GuardrailsOk)
            : last.Guardrails.Any(one => one.IsBreached) ? Of(ABExperimentConditions.GuardrailsOk, ConditionStatus.False, ABExperimentReasons.GuardrailBreached, string.Join(", ", last.Guardrails.Where(one => one.IsBreached).Select(one => $"{one.Metric} of {one.Arm}")) + " is beyond its bound.")
            : Of(ABExperimentConditions.GuardrailsOk, ConditionStatus.True, ABExperimentReasons.WithinBounds, $"{last.Guardrails.Count(one => one.Value is not null)} of {last.Guardrails.Count} bounds could be looked at, and are kept.");
        yield return last is null ? Unstarted(ABExperimentConditions.LabelsSufficient)
            : last.Reason is ABExperimentReasons.TooFewLabels or ABExperimentReasons.LabelsUneven ? Of(ABExperimentConditions.LabelsSufficient, ConditionStatus.False, last.Reason, last.Sentence)
            : Of(ABExperimentConditions.LabelsSufficient, ConditionStatus.True, ABExperimentReasons.EnoughLabels, "Each arm has enough, to like shares.");
        yield return last is null ? Unstarted(ABExperimentConditions.Significant)
            : last.Reason == ABExperimentReasons.EffectFound ? Of(ABExperimentConditions.Significant, ConditionStatus.True, ABExperimentReasons.EffectFound, last.Sentence)
            : Of(ABExperimentConditions.Significant, ConditionStatus.False, ABExperimentReasons.NoEffectFound, last.Sentence);
        bool isFine = spec.State == ExperimentState.Draft || row is { IsOver: true } or { Phase: ExperimentPhase.Concluded } || (arms.IsReady && busyWith is null && row is not null);
        yield return isFine
            ? Of(ConditionTypes.Ready, ConditionStatus.True, CommonReasons.Succeeded, row is null ? "A draft: nothing is split." : $"{row.Reason}: {row.Detail}")
            : Of(ConditionTypes.Ready, ConditionStatus.False, ready.Status == ConditionStatus.False ? ready.Reason : CommonReasons.Progressing, ready.Status == ConditionStatus.False ? ready.Message : "It is about to begin.");
    }

    private static Condition Unstarted(string type) => Of(type, ConditionStatus.Unknown, ABExperimentReasons.NotStarted, "No look was taken yet.");

    private static Condition Of(string type, ConditionStatus status, string reason, string message) => new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = default };

    private static decimal Number(double value) => Math.Round((decimal)Math.Clamp(value, -1e12, 1e12), 6);
}
