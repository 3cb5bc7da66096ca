using System.Globalization;

namespace FinObs.Scoring.Evaluation;

/// <summary>Whether a candidate may be one.</summary>
/// <param name="Passed">It may.</param>
/// <param name="Rule">Which rule said so.</param>
/// <param name="Reason">In a sentence, with the figures.</param>
public sealed record GateVerdict(bool Passed, string Rule, string Reason);

/// <summary>
/// The rule that a candidate is not worse than what there is, on the same hold-out. With at least 50 known frauds: its average precision is not more than 0.02 below. With fewer: its alert rate is no further from what its
/// threshold means, its scores and its reconstruction no less stable, each with a margin below which a difference is noise.
/// </summary>
public static class CandidateGate
{
    /// <summary>Known frauds from which on average precision decides.</summary>
    public const int EnoughFrauds = 50;
    /// <summary>What average precision may be below.</summary>
    public const double PrecisionMargin = 0.02;

    /// <summary>By custom, what is below is no shift.</summary>
    public const double StableScorePsi = 0.1;

    /// <summary>Half a standard deviation.</summary>
    public const double StableReconstruction = 0.5;

    /// <summary>The verdict follows from these figures alone: whoever has the report can give it again.</summary>
    /// <param name="candidate">The new version.</param>
    /// <param name="parent">The current one; null = there is none that can be compared.</param>
    /// <param name="labelled">Rows of the hold-out with a label.</param>
    /// <param name="frauds">Frauds among them.</param>
    public static GateVerdict Judge(HoldOutMetrics candidate, HoldOutMetrics? parent, long labelled, long frauds)
    {
        if (frauds >= EnoughFrauds && labelled > frauds && parent?.AveragePrecision is { } before && candidate.AveragePrecision is { } now)
        {
            return new GateVerdict(
                now >= before - PrecisionMargin, "average-precision",
                Say($"Average precision {now:0.0000} against {before:0.0000} on {frauds} known frauds of {labelled} labelled; it may be {PrecisionMargin} below."));
        }

        double off = Math.Abs(candidate.AlertRate - candidate.ExpectedAlertRate), allowed = Math.Max(candidate.ExpectedAlertRate, parent is null ? 0 : Math.Abs(parent.AlertRate - parent.ExpectedAlertRate));
        double psiAllowed = Math.Max(StableScorePsi, parent?.ScorePsi ?? 0), shiftAllowed = Math.Max(StableReconstruction, parent?.ReconstructionShift ?? 0);
        string few = frauds < EnoughFrauds ? Say($"{frauds} known frauds are fewer than {EnoughFrauds}. ") : "";
        if (!(off <= allowed))
        {
            return new GateVerdict(false, "stability", few + Say($"Alert rate {candidate.AlertRate:0.0000} where {candidate.ExpectedAlertRate:0.0000} is meant: off by more than {allowed:0.0000}."));
        }

        if (candidate.ScorePsi > psiAllowed)
        {
            return new GateVerdict(false, "stability", few + Say($"Its scores have moved by a PSI of {candidate.ScorePsi:0.000} since its training; {psiAllowed:0.000} is allowed."));
        }

        if (candidate.ReconstructionShift > shiftAllowed)
        {
            return new GateVerdict(false, "stability", few + Say($"It reconstructs the hold-out {candidate.ReconstructionShift:0.00} standard deviations worse than its training; {shiftAllowed:0.00} is allowed."));
        }

        return new GateVerdict(true, "stability", few + Say($"Alert rate {candidate.AlertRate:0.0000} (meant: {candidate.ExpectedAlertRate:0.0000}), score PSI {candidate.ScorePsi:0.000}, reconstruction shift {candidate.ReconstructionShift:0.00}: not worse."));
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
