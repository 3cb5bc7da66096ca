using System.Globalization;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Experiments.Judging;

/// <summary>Says what the counts of an experiment mean. First whether they mean anything: shares as planned, units in one arm, labels alike; then whether an effect is there.</summary>
internal static class ExperimentJudge
{
    /// <summary>Share of units that may have met the version of another arm, e.g. while a replica had not heard of a change yet; beyond it the arms are mixed.</summary>
    public const double MostMixed = 0.01;

    /// <param name="spec">What is asked.</param>
    /// <param name="counts">All that was seen since the beginning.</param>
    /// <param name="before">The last look.</param>
    /// <param name="elapsed">Since the beginning.</param>
    /// <param name="at">Now.</param>
    public static ExperimentEvaluation Judge(ABExperimentSpec spec, ExperimentCounts counts, ExperimentEvaluation? before, TimeSpan elapsed, DateTimeOffset at)
    {
        bool isAtTheEnd = elapsed >= spec.Duration.Max.Value;
        double alpha = (double)spec.Primary.Alpha / (counts.Arms.Count - 1);
        TreatmentResult[] treatments =
        [
            .. counts.Treatments.Select(arm => TreatmentTests.Of(
                spec.Primary, counts, arm, alpha, before?.Treatments.FirstOrDefault(one => one.Arm == arm.Name)?.SequentialP ?? 1, isAtTheEnd)),
        ];
        double? ratio = SampleRatio(spec, counts, before);
        ExperimentEvaluation evaluation = new()
        {
            At = at,
            Arms = counts.Arms,
            Pairs = counts.Pairs,
            Treatments = treatments,
            SampleRatioP = ratio,
            SampleRatioOk = ratio is null || ratio >= (double)spec.Analysis.SrmAlpha,
            MultipleExposures = counts.MultipleExposures,
            CoverageGap = Gap(spec, counts),
            Guardrails = GuardrailJudge.Judge(spec, counts),
            IsAtTheEnd = isAtTheEnd,
            Verdict = ExperimentVerdict.Pending,
            Reason = ABExperimentReasons.NoEffectFound,
            Sentence = "",
        };
        return WithSize(Concluded(spec, counts, evaluation, alpha, elapsed), spec, counts, elapsed);
    }

    private static double? SampleRatio(ABExperimentSpec spec, ExperimentCounts counts, ExperimentEvaluation? before)
    {
        ArmCounts[] shared = [.. counts.Arms.Where(arm => arm.Share > 0)];
        return spec.Mode == ExperimentMode.PairedShadow || shared.Length < 2
            ? null
            : Math.Min(before?.SampleRatioP ?? 1, SequentialMultinomial.PValue([.. shared.Select(arm => arm.Units)], [.. shared.Select(arm => arm.Share)]));
    }

    /// <summary>Null where the metric needs no labels, and where an arm has nothing yet.</summary>
    private static double? Gap(ABExperimentSpec spec, ExperimentCounts counts)
    {
        if (spec.Mode == ExperimentMode.PairedShadow || spec.Primary.Metric is not (ExperimentMetric.PrecisionAtK or ExperimentMetric.Recall or ExperimentMetric.FalsePositiveRate))
        {
            return null;
        }

        double?[] coverages = [.. counts.Arms.Select(arm => arm.Of(spec.Primary.Metric).Coverage)];
        return coverages.Contains(null) ? null : coverages.Max() - coverages.Min();
    }

    private static ExperimentEvaluation Concluded(ABExperimentSpec spec, ExperimentCounts counts, ExperimentEvaluation evaluation, double alpha, TimeSpan elapsed)
    {
        if (Doubt(spec, counts, evaluation) is var (verdict, reason, sentence))
        {
            return evaluation with { Verdict = verdict, Reason = reason, Sentence = sentence };
        }

        bool isFixed = spec.Analysis.Method == AnalysisMethod.FixedHorizon;
        if (isFixed && !evaluation.IsAtTheEnd)
        {
            return evaluation with { Sentence = $"Method FixedHorizon: there is no answer before its end, after {spec.Duration.Max}." };
        }

        if (elapsed < spec.Duration.Min.Value)
        {
            return evaluation with { Sentence = $"No verdict before {spec.Duration.Min}." };
        }

        int better = spec.Primary.Direction == MetricDirection.Increase ? 1 : -1;
        TreatmentResult[] found = [.. evaluation.Treatments.Where(one => (isFixed ? one.FixedP : one.SequentialP) < alpha && one.Effect is not null)];
        TreatmentResult? best = found.Where(one => one.Effect * better > 0).MaxBy(one => one.Effect * better);
        if (best is not null)
        {
            return evaluation with { Verdict = ExperimentVerdict.TreatmentBetter, Reason = ABExperimentReasons.EffectFound, Winner = best.Arm, Sentence = Effect(spec, best, "better") };
        }

        if (found.Length == evaluation.Treatments.Count)
        {
            return evaluation with { Verdict = ExperimentVerdict.ControlBetter, Reason = ABExperimentReasons.EffectFound, Winner = ExperimentArms.Control, Sentence = Effect(spec, found[0], "worse") };
        }

        double mde = (double)spec.Primary.Mde;
        return evaluation.Treatments.All(one => one.Low > -mde && one.High < mde)
            ? evaluation with { Verdict = ExperimentVerdict.NoDifference, Sentence = string.Create(CultureInfo.InvariantCulture, $"Whatever difference there is, it is below {mde}.") }
            : evaluation with { Sentence = evaluation.IsAtTheEnd ? "At its end, no effect was found, and none of the size of mde can be ruled out." : "No effect was found yet." };
    }

    /// <summary>Why nothing can be said; null = it can.</summary>
    private static (ExperimentVerdict Verdict, string Reason, string Sentence)? Doubt(ABExperimentSpec spec, ExperimentCounts counts, ExperimentEvaluation evaluation)
    {
        if (!evaluation.SampleRatioOk)
        {
            string units = string.Join(", ", counts.Arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm.Name} {arm.Units} (planned {arm.Share:0.##%})")));
            return (ExperimentVerdict.Invalid, ABExperimentReasons.SampleRatioMismatch, string.Create(CultureInfo.InvariantCulture, $"The arms did not get their shares: {units}; p {evaluation.SampleRatioP:0.0e+0}."));
        }

        long all = counts.Arms.Sum(arm => arm.Units);
        if (all > 0 && counts.MultipleExposures > MostMixed * all)
        {
            return (ExperimentVerdict.Invalid, ABExperimentReasons.SampleRatioMismatch, $"{counts.MultipleExposures} of {all} units met the version of another arm than theirs.");
        }

        long least = counts.Arms.Where(arm => arm.Share > 0 || spec.Mode == ExperimentMode.PairedShadow).Min(arm => arm.Units);
        if (least < spec.Analysis.MinPerArm)
        {
            return (ExperimentVerdict.Pending, ABExperimentReasons.TooFewLabels, $"An arm has {least} units; minPerArm asks for {spec.Analysis.MinPerArm}.");
        }

        if (evaluation.CoverageGap > (double)spec.Analysis.MaxCoverageGap)
        {
            string shares = string.Join(", ", counts.Arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm.Name} {arm.Of(spec.Primary.Metric).Coverage:0.0%}")));
            return (ExperimentVerdict.Invalid, ABExperimentReasons.LabelsUneven, $"The arms are labelled to unlike shares: {shares}.");
        }

        return spec.Mode == ExperimentMode.Split && counts.Arms.Any(arm => !IsEnough(arm.Of(spec.Primary.Metric)))
            ? (ExperimentVerdict.Pending, ABExperimentReasons.TooFewLabels, $"Each arm needs {SequentialProportions.LeastPerArm} units with and {SequentialProportions.LeastPerArm} without {spec.Primary.Metric} known.")
            : null;
    }

    private static bool IsEnough(MetricCount count) => count.Successes >= SequentialProportions.LeastPerArm && count.Trials - count.Successes >= SequentialProportions.LeastPerArm;

    private static string Effect(ABExperimentSpec spec, TreatmentResult one, string how) => string.Create(
        CultureInfo.InvariantCulture, $"{one.Arm} is {how}: {spec.Primary.Metric} {one.Effect:+0.####;-0.####} ({one.Low:0.####} to {one.High:0.####}), p {(spec.Analysis.Method == AnalysisMethod.FixedHorizon ? one.FixedP : one.SequentialP):0.0e+0}.");

    /// <summary>Units that are needed, and when they will be there.</summary>
    private static ExperimentEvaluation WithSize(ExperimentEvaluation evaluation, ABExperimentSpec spec, ExperimentCounts counts, TimeSpan elapsed)
    {
        MetricCount control = counts.Control.Of(spec.Primary.Metric);
        if (control.Rate is not { } rate || spec.Mode == ExperimentMode.PairedShadow)
        {
            return evaluation;
        }

        double effect = (double)spec.Primary.Mde * (spec.Primary.Direction == MetricDirection.Increase ? 1 : -1);
        long required = SampleSize.PerArm(rate, effect, (double)spec.Primary.Alpha / evaluation.Treatments.Count, (double)spec.Primary.Power);
        long have = counts.Arms.Min(arm => arm.Of(spec.Primary.Metric).Trials);
        return required == long.MaxValue
            ? evaluation
            : evaluation with
            {
                RequiredPerArm = required,
                EtaDays = have == 0 ? null : Math.Round(Math.Max(0, required - have) / (have / Math.Max(elapsed.TotalDays, 1e-6)), 1),
            };
    }
}
