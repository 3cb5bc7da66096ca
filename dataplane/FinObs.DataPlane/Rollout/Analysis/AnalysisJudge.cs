using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Rollout.Analysis;

/// <summary>A figure of both versions, with what it was counted on.</summary>
/// <param name="Value">Of the version on trial; null = unknown.</param>
/// <param name="Samples">What it was counted on.</param>
/// <param name="Baseline">Of the stable version; null = unknown, or there is none for this figure.</param>
/// <param name="BaselineSamples">What that was counted on.</param>
/// <param name="IsProportion">A share of the samples, so that its sampling error is known.</param>
internal readonly record struct Measured(double? Value, long Samples, double? Baseline, long BaselineSamples, bool IsProportion);

/// <summary>
/// Says whether a figure is within its bounds. A figure outside fails only where it is outside beyond its sampling error (95 %); else the answer is Inconclusive: at an alert rate of 1 % a thousand
/// transactions have ten alerts, and their number alone varies by 60 %.
/// </summary>
internal static class AnalysisJudge
{
    private const double Z = 1.959964;

    public static AnalysisVerdict Judge(AnalysisMetric metric, Measured figure, long least)
    {
        if (figure.Value is not { } value || figure.Samples < least)
        {
            return AnalysisVerdict.Inconclusive;
        }

        AnalysisVerdict verdict = AnalysisVerdict.Pass;
        (double low, double high) = figure.IsProportion ? Wilson(value, figure.Samples) : (value, value);
        if (metric.Max is { } max && value > (double)max)
        {
            verdict = Worse(verdict, low > (double)max ? AnalysisVerdict.Fail : AnalysisVerdict.Inconclusive);
        }

        if (metric.Min is { } min && value < (double)min)
        {
            verdict = Worse(verdict, high < (double)min ? AnalysisVerdict.Fail : AnalysisVerdict.Inconclusive);
        }

        return metric.MaxRelativeChange is { } change ? Worse(verdict, Relative(metric.Name, figure, value, (double)change)) : verdict;
    }

    /// <summary>Wilson's interval of a proportion: E. B. Wilson, JASA 22 (1927).</summary>
    public static (double Low, double High) Wilson(double share, long count)
    {
        double n = count, centre = (share + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        double half = Z / (1 + (Z * Z / n)) * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4 * n * n)));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>
    /// On the ratio to the stable version. Of a proportion its logarithm is about normal (Katz and others, Biometrics 34, 1978), half an event added to each count so that none is infinite. An alert rate may go too far
    /// either way; precision only down; times, errors and disagreement only up.
    /// </summary>
    private static AnalysisVerdict Relative(RolloutMetric metric, Measured figure, double value, double change)
    {
        if (figure.Baseline is not { } baseline || figure.BaselineSamples == 0)
        {
            return AnalysisVerdict.Inconclusive;
        }

        bool mayFall = metric is not (RolloutMetric.AlertRate or RolloutMetric.Precision), mayRise = metric == RolloutMetric.Precision;
        double upper = mayRise ? double.PositiveInfinity : 1 + change, lower = mayFall ? double.NegativeInfinity : 1 - change;
        if ((double.IsInfinity(upper) || value <= baseline * upper) && (double.IsInfinity(lower) || value >= baseline * lower))
        {
            return AnalysisVerdict.Pass;
        }

        if (!figure.IsProportion)
        {
            return AnalysisVerdict.Fail;
        }

        double x = (value * figure.Samples) + 0.5, y = (baseline * figure.BaselineSamples) + 0.5, n = figure.Samples + 0.5, m = figure.BaselineSamples + 0.5;
        double ratio = Math.Log(x / n / (y / m)), error = Z * Math.Sqrt(Math.Max(0, (1 / x) - (1 / n) + (1 / y) - (1 / m)));
        bool isTooHigh = ratio - error > Math.Log(upper), isTooLow = lower > 0 && ratio + error < Math.Log(lower);
        return isTooHigh || isTooLow ? AnalysisVerdict.Fail : AnalysisVerdict.Inconclusive;
    }

    private static AnalysisVerdict Worse(AnalysisVerdict a, AnalysisVerdict b) =>
        a == AnalysisVerdict.Fail || b == AnalysisVerdict.Fail ? AnalysisVerdict.Fail : a == AnalysisVerdict.Inconclusive || b == AnalysisVerdict.Inconclusive ? AnalysisVerdict.Inconclusive : AnalysisVerdict.Pass;
}
