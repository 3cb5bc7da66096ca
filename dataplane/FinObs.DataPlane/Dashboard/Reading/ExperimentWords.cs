using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Dashboard.Parts;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What an experiment has found, in words; the same in the list and on its page.</summary>
internal static class ExperimentWords
{
    /// <summary>Good, watch, bad or none.</summary>
    public static string State(string phase, string? verdict) => (phase, verdict) switch
    {
        (_, nameof(ExperimentVerdict.Invalid)) => "bad",
        (nameof(ExperimentPhase.Promoted), _) or (_, nameof(ExperimentVerdict.TreatmentBetter)) => "good",
        (nameof(ExperimentPhase.Stopped) or nameof(ExperimentPhase.Inconclusive) or nameof(ExperimentPhase.Draft), _) => "none",
        (_, nameof(ExperimentVerdict.ControlBetter)) => "bad",
        (_, nameof(ExperimentVerdict.NoDifference)) => "none",
        _ => "watch",
    };

    public static string Verdict(string phase, string? verdict, string? winner) => (phase, verdict) switch
    {
        (nameof(ExperimentPhase.Draft), _) => "a draft, nothing is split",
        (_, nameof(ExperimentVerdict.Invalid)) => "not to be believed",
        (nameof(ExperimentPhase.Promoted), _) => $"{winner ?? "the treatment"} was promoted",
        (_, nameof(ExperimentVerdict.TreatmentBetter)) => $"{winner ?? "the treatment"} is better",
        (_, nameof(ExperimentVerdict.ControlBetter)) => "the control is better",
        (_, nameof(ExperimentVerdict.NoDifference)) => "no difference that matters",
        (nameof(ExperimentPhase.Stopped), _) => "stopped without a verdict",
        (nameof(ExperimentPhase.Inconclusive), _) => "ended without a verdict",
        _ => "no verdict yet",
    };

    /// <summary>As people say it: <c>PrecisionAtK</c> → precision at k.</summary>
    public static string Metric(string metric) => metric switch
    {
        nameof(ExperimentMetric.PrecisionAtK) => "precision at k",
        nameof(ExperimentMetric.Recall) => "recall",
        nameof(ExperimentMetric.AlertRate) => "alert rate",
        nameof(ExperimentMetric.FalsePositiveRate) => "false positive rate",
        nameof(ExperimentMetric.OverrideRate) => "override rate",
        nameof(ExperimentMetric.P99LatencyMs) => "p99 latency, ms",
        nameof(ExperimentMetric.DisagreementRate) => "disagreement",
        nameof(ExperimentMetric.ErrorRate) => "error rate",
        _ => metric,
    };

    /// <summary>How much is still missing, instead of a figure that means nothing yet.</summary>
    public static string Remaining(long? units, double? days) => (units, days) switch
    {
        (null, _) => "",
        (0, _) => "enough units",
        ({ } left, { } eta) => $"{Words.Count(left)} more an arm, about {Words.Plural((long)Math.Ceiling(eta), "day", "days")}",
        ({ } left, null) => $"{Words.Count(left)} more an arm",
    };

    /// <summary>A share in per cent points with its sign.</summary>
    public static string Points(double share) => $"{Words.Signed(100 * share)} pp";
}
