using MathNet.Numerics;

namespace FinObs.Scoring.Statistics;

/// <summary>A chi-squared test.</summary>
/// <param name="Statistic">χ².</param>
/// <param name="DegreesOfFreedom">At least 1.</param>
/// <param name="PValue">P(χ² ≥ statistic).</param>
public readonly record struct ChiSquaredResult(double Statistic, int DegreesOfFreedom, double PValue);

/// <summary>Pearson's chi-squared tests. Equal to <c>scipy.stats.chi2_contingency</c> and <c>chisquare</c>.</summary>
public static class ChiSquared
{
    /// <summary>P(χ² ≥ x) with so many degrees of freedom: the regularised upper incomplete gamma function Q(k / 2, x / 2).</summary>
    /// <param name="statistic">x ≥ 0.</param>
    /// <param name="degreesOfFreedom">k ≥ 1.</param>
    public static double PValue(double statistic, int degreesOfFreedom) => statistic <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(degreesOfFreedom / 2.0, statistic / 2);

    /// <summary>Independence in a 2 × 2 table; without Yates' correction only where all expected counts are large.</summary>
    /// <param name="a">First row, first column.</param>
    /// <param name="b">First row, second column.</param>
    /// <param name="c">Second row, first column.</param>
    /// <param name="d">Second row, second column.</param>
    /// <param name="yates">Each |observed - expected| is made smaller by 0.5, at most to 0.</param>
    /// <returns>Statistic 0 and p-value 1 where a row or a column is empty: nothing can be said.</returns>
    public static ChiSquaredResult Independence(long a, long b, long c, long d, bool yates)
    {
        double total = a + b + c + d;
        double rows = (a + b) * (double)(c + d), columns = (a + c) * (double)(b + d);
        if (rows == 0 || columns == 0)
        {
            return new ChiSquaredResult(0, 1, 1);
        }

        double expected = (a + b) * (double)(a + c) / total;
        double difference = Math.Abs(a - expected);
        difference = yates ? Math.Max(0, difference - 0.5) : difference;
        double statistic = difference * difference * total * total * total / (rows * columns);
        return new ChiSquaredResult(statistic, 1, PValue(statistic, 1));
    }

    /// <summary>Whether two lists of counts over the same categories come from one distribution.</summary>
    /// <param name="first">Counts ≥ 0.</param>
    /// <param name="second">The same length.</param>
    /// <returns>Statistic 0 and p-value 1 with fewer than two categories that occur, or where a list has no counts.</returns>
    public static ChiSquaredResult Homogeneity(ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, first.Length);
        double n1 = 0, n2 = 0;
        int used = 0;
        for (int i = 0; i < first.Length; i++)
        {
            n1 += first[i];
            n2 += second[i];
            used += first[i] + second[i] > 0 ? 1 : 0;
        }

        if (n1 == 0 || n2 == 0 || used < 2)
        {
            return new ChiSquaredResult(0, 1, 1);
        }

        double statistic = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double both = first[i] + second[i];
            if (both > 0)
            {
                double e1 = both * n1 / (n1 + n2), e2 = both * n2 / (n1 + n2);
                statistic += ((first[i] - e1) * (first[i] - e1) / e1) + ((second[i] - e2) * (second[i] - e2) / e2);
            }
        }

        return new ChiSquaredResult(statistic, used - 1, PValue(statistic, used - 1));
    }

    /// <summary>Whether counts follow given shares.</summary>
    /// <param name="observed">Counts ≥ 0.</param>
    /// <param name="shares">Positive, of any sum.</param>
    public static ChiSquaredResult GoodnessOfFit(ReadOnlySpan<long> observed, ReadOnlySpan<double> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, observed.Length);
        double total = 0, sum = 0;
        for (int i = 0; i < observed.Length; i++)
        {
            total += observed[i];
            sum += shares[i];
        }

        double statistic = 0;
        for (int i = 0; total > 0 && i < observed.Length; i++)
        {
            double expected = total * shares[i] / sum;
            statistic += (observed[i] - expected) * (observed[i] - expected) / expected;
        }

        return new ChiSquaredResult(statistic, observed.Length - 1, PValue(statistic, observed.Length - 1));
    }
}
