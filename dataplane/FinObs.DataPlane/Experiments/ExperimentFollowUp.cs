using System.Globalization;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;

namespace FinObs.DataPlane.Experiments;

/// <summary>What follows from a look. Guardrails go before verdicts: they hold from the first unit on.</summary>
internal static class ExperimentFollowUp
{
    public static ExperimentRow After(ExperimentRow row, ABExperimentSpec spec, ExperimentEvaluation evaluation, DateTimeOffset now)
    {
        ExperimentRow looked = row with { Evaluation = evaluation.Write(), NextLookAt = now + spec.Analysis.Interval.Value };
        if (evaluation.Guardrails.FirstOrDefault(one => one is { IsBreached: true, Action: GuardrailAction.Stop }) is { } stop)
        {
            return looked with { Phase = ExperimentPhase.Stopped, NextLookAt = null, Reason = ExperimentReasons.GuardrailBreached, Detail = Sentence(stop) };
        }

        if (!row.IgnoresSignals && evaluation.Guardrails.FirstOrDefault(one => one is { IsBreached: true, Action: GuardrailAction.Pause }) is { } pause)
        {
            return looked with { Phase = ExperimentPhase.Paused, Reason = ExperimentReasons.SignalBreached, Detail = Sentence(pause) };
        }

        return evaluation.Verdict switch
        {
            ExperimentVerdict.TreatmentBetter or ExperimentVerdict.ControlBetter or ExperimentVerdict.NoDifference =>
                looked with { Phase = ExperimentPhase.Concluded, NextLookAt = null, Winner = evaluation.Winner, Reason = ExperimentReasons.Concluded, Detail = evaluation.Sentence },
            _ when evaluation.IsAtTheEnd => looked with { Phase = ExperimentPhase.Inconclusive, NextLookAt = null, Reason = ExperimentReasons.Inconclusive, Detail = evaluation.Sentence },
            _ => looked with { Reason = ExperimentReasons.Evaluated, Detail = evaluation.Sentence },
        };
    }

    /// <summary>Arms whose versions are to go no further: of a split, what broke a bound that stops, and all where the control is better. In shadow nothing was exposed.</summary>
    public static IEnumerable<string> Lost(ExperimentRow row, ABExperimentSpec spec, ExperimentEvaluation evaluation) => (spec.Mode, row.Reason) switch
    {
        (ExperimentMode.Split, ExperimentReasons.GuardrailBreached) => evaluation.Guardrails.Where(one => one is { IsBreached: true, Action: GuardrailAction.Stop }).Select(one => one.Arm).Distinct(),
        (ExperimentMode.Split, ExperimentReasons.Concluded) when row.Winner == ExperimentArms.Control => evaluation.Treatments.Select(one => one.Arm),
        _ => [],
    };

    private static string Sentence(GuardrailFinding one) => string.Create(
        CultureInfo.InvariantCulture, $"{one.Metric} of {one.Arm} is {one.Value:0.####} (control {(one.Control is { } control ? control.ToString("0.####", CultureInfo.InvariantCulture) : "unknown")}), beyond its bound.");
}
