using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Scoring.Experiments;
using FinObs.Scoring.Statistics;
using Always = FinObs.Scoring.Experiments.SequentialResult;

namespace FinObs.DataPlane.Experiments.Judging;

/// <summary>Tests a treatment against the control: at every look by a test that allows it, at the planned end by the ordinary one.</summary>
internal static class TreatmentTests
{
    /// <param name="primary">The metric that decides.</param>
    /// <param name="counts">All that was seen.</param>
    /// <param name="treatment">Arm.</param>
    /// <param name="alpha">The treatment's part of the level.</param>
    /// <param name="before">The least p-value of earlier looks: evidence that was there does not go away.</param>
    /// <param name="isAtTheEnd">Only then is the test at the fixed end made.</param>
    public static TreatmentResult Of(PrimaryMetric primary, ExperimentCounts counts, ArmCounts treatment, double alpha, double before, bool isAtTheEnd)
    {
        double tau = Math.Max((double)primary.Mde, 1e-6);
        if (counts.Pairs.FirstOrDefault(one => one.Treatment == treatment.Name) is { } pairs)
        {
            Always paired = Paired(pairs, tau, alpha);
            return Result(paired, isAtTheEnd ? (null, McNemar.PValue(pairs.OnlyControl, pairs.OnlyTreatment), null) : default);
        }

        Proportion control = counts.Control.Of(primary.Metric).Proportion, own = treatment.Of(primary.Metric).Proportion;
        return Result(SequentialProportions.Test(control, own, tau, alpha), isAtTheEnd ? Fixed(control, own) : default);

        TreatmentResult Result(Always always, (double? Statistic, double? P, double? V) atTheEnd) => new(
            treatment.Name, double.IsNaN(always.Effect) ? null : always.Effect, always.Low, always.High, Math.Min(before, always.PValue), atTheEnd.Statistic, atTheEnd.P, atTheEnd.V);
    }

    /// <summary>The p-value is exact. The interval is of the difference of two rates on the same units, by the normal mixture of <see cref="SequentialProportions"/> with the variance of a paired difference, (b + c - (b - c)² / n) / n².</summary>
    private static Always Paired(PairCounts pairs, double tau, double alpha)
    {
        (double b, double c, double n) = (pairs.OnlyControl, pairs.OnlyTreatment, pairs.Units);
        double effect = n == 0 ? double.NaN : (c - b) / n, p = McNemar.SequentialPValue(pairs.OnlyControl, pairs.OnlyTreatment);
        if (b + c < SequentialProportions.LeastPerArm)
        {
            return new Always(effect, p, -1, 1);
        }

        double variance = Math.Max(b + c - ((b - c) * (b - c) / n), 1) / (n * n), mixed = variance + (tau * tau);
        double half = Math.Sqrt(2 * variance * mixed / (tau * tau) * (Math.Log(1 / alpha) + (0.5 * Math.Log(mixed / variance))));
        return new Always(effect, p, Math.Max(-1, effect - half), Math.Min(1, effect + half));
    }

    private static (double?, double?, double?) Fixed(Proportion control, Proportion own)
    {
        ChiSquaredResult result = ChiSquared.Independence(control.Successes, control.Trials - control.Successes, own.Successes, own.Trials - own.Successes, yates: false);
        long n = control.Trials + own.Trials;
        return (result.Statistic, result.PValue, n == 0 ? null : Math.Sqrt(result.Statistic / n));
    }
}
