using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Experiments.Judging;

/// <summary>
/// Says whether a bound is broken. Shares break it only beyond chance, by tests that may be looked at as often as one likes: at a look every quarter of an hour for weeks an ordinary test would stop every experiment.
/// </summary>
internal static class GuardrailJudge
{
    /// <summary>Chance that a kept bound is ever called broken.</summary>
    private const double Alpha = 0.05;

    private const double LeastTau = 0.005;

    public static IReadOnlyList<GuardrailFinding> Judge(ABExperimentSpec spec, ExperimentCounts counts) =>
    [
        .. from guardrail in (spec.Guardrails ?? []).Concat(spec.Signals ?? [])
           from treatment in counts.Treatments
           select Judge(guardrail, counts.Control, treatment, spec.Analysis.MinPerArm),
    ];

    private static GuardrailFinding Judge(ExperimentGuardrail guardrail, ArmCounts control, ArmCounts treatment, long least)
    {
        if (guardrail.Metric == ExperimentMetric.P99LatencyMs)
        {
            bool isSlow = treatment.P99Ms is { } ms && treatment.Decisions >= least
                && (ms > (double?)guardrail.Max || (control.P99Ms is { } other && guardrail.MaxRelativeIncrease is { } more && ms > other * (1 + (double)more)));
            return new GuardrailFinding(guardrail.Metric, treatment.Name, treatment.P99Ms, control.P99Ms, guardrail.Action, isSlow);
        }

        MetricCount own = treatment.Of(guardrail.Metric), others = control.Of(guardrail.Metric);
        bool isBroken = (guardrail.Max is { } max && IsAbove(own, (double)max)) || (guardrail.MaxRelativeIncrease is { } increase && IsAbove(own, others, (double)increase));
        return new GuardrailFinding(guardrail.Metric, treatment.Name, own.Rate, others.Rate, guardrail.Action, isBroken);
    }

    /// <summary>Exact: the e-value of the counts against the bound itself.</summary>
    private static bool IsAbove(MetricCount own, double max) => own.Rate > max && (max <= 0
        ? own.Successes > 0
        : max < 1 && SequentialMultinomial.PValue([own.Successes, own.Trials - own.Successes], [max, 1 - max]) < Alpha);

    /// <summary>The lower end of the confidence sequence of the difference lies above what the control's rate allows.</summary>
    private static bool IsAbove(MetricCount own, MetricCount control, double increase)
    {
        if (control.Rate is not { } rate || own.Trials == 0)
        {
            return false;
        }

        double allowed = rate * increase;
        return SequentialProportions.Test(control.Proportion, own.Proportion, Math.Max(allowed, LeastTau), Alpha).Low > allowed;
    }
}
