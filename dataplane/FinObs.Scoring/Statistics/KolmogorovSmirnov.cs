namespace FinObs.Scoring.Statistics;

/// <summary>A two-sample Kolmogorov-Smirnov test.</summary>
/// <param name="Statistic">D = sup |F₁ - F₂|, 0..1.</param>
/// <param name="PValue">Two-sided.</param>
/// <param name="Exact">The p-value is of the exact distribution (without ties), not of its limit.</param>
public readonly record struct KolmogorovSmirnovResult(double Statistic, double PValue, bool Exact);

/// <summary>Whether two samples come from one distribution, by the greatest distance of their empirical distribution functions.</summary>
/// <remarks>
/// Statistic and exact p-value are those of <c>scipy.stats.ks_2samp(method="exact")</c>: Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3 (1958). Beyond
/// <see cref="MostExact"/> the limit with Stephens' correction of the effective size: Stephens, JRSS B 32 (1970), as in Numerical Recipes 14.3.
/// </remarks>
public static class KolmogorovSmirnov
{
    /// <summary>The larger sample up to which the p-value is exact, as in scipy.</summary>
    public const int MostExact = 10_000;

    /// <summary>Tests two samples.</summary>
    /// <param name="first">At least one value, none NaN; any order.</param>
    /// <param name="second">The same.</param>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN.</exception>
    public static KolmogorovSmirnovResult Test(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] a = Sorted(first, nameof(first));
        double[] b = Sorted(second, nameof(second));
        return OfSorted(a, b);
    }

    /// <summary>The same for samples that are sorted ascending; nothing is allocated but for the exact p-value of samples of different size.</summary>
    /// <param name="first">At least one value, ascending.</param>
    /// <param name="second">The same.</param>
    public static KolmogorovSmirnovResult OfSorted(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        // In units of 1 / (n₁ n₂), so that D is a whole number and no rounding decides.
        long n1 = first.Length, n2 = second.Length, most = 0;
        for (int i = 0, j = 0; i < n1 && j < n2;)
        {
            double at = Math.Min(first[i], second[j]);
            while (i < n1 && first[i] == at)
            {
                i++;
            }

            while (j < n2 && second[j] == at)
            {
                j++;
            }

            most = Math.Max(most, Math.Abs((i * n2) - (j * n1)));
        }

        double statistic = most / (double)(n1 * n2);
        return Math.Max(n1, n2) <= MostExact
            ? new KolmogorovSmirnovResult(statistic, ExactPValue((int)n1, (int)n2, most), Exact: true)
            : new KolmogorovSmirnovResult(statistic, LimitPValue(statistic, n1, n2), Exact: false);
    }

    /// <summary>P(D ≥ d) in the limit of large samples.</summary>
    /// <param name="statistic">d.</param>
    /// <param name="n1">Size of one sample.</param>
    /// <param name="n2">Size of the other.</param>
    public static double LimitPValue(double statistic, long n1, long n2)
    {
        double root = Math.Sqrt(n1 * (double)n2 / (n1 + n2));
        double lambda = (root + 0.12 + (0.11 / root)) * statistic;
        if (lambda < 0.2)
        {
            return 1; // the series below converges slowly there, and differs from 1 by less than 1e-12
        }

        double sum = 0;
        for (int k = 1; k <= 100; k++)
        {
            double term = Math.Exp(-2 * k * k * lambda * lambda);
            sum += (k & 1) == 1 ? term : -term;
            if (term < 1e-18)
            {
                break;
            }
        }

        return Math.Clamp(2 * sum, 0, 1);
    }

    private static double ExactPValue(int n1, int n2, long most)
    {
        if (most == 0)
        {
            return 1;
        }

        return Math.Min(1, n1 == n2 ? OutsideSquare(n1, (int)(most / n1)) : Outside(Math.Max(n1, n2), Math.Min(n1, n2), most));
    }

    /// <summary>Samples of one size: 2 (p₁ - p₂ + p₃ - …), evaluated from the inside out (Hodges, section 2).</summary>
    private static double OutsideSquare(int n, int h)
    {
        double p = 0;
        for (int k = n / h; k >= 0; k--)
        {
            double ratio = 1;
            for (int j = 0; j < h; j++)
            {
                ratio *= (n - (k * (double)h) - j) / (n + (k * (double)h) + j + 1);
            }

            p = ratio * (1 - p);
        }

        return 2 * p;
    }

    /// <summary>
    /// The share of lattice paths from (0, 0) to (m, n) that touch |x n - y m| ≥ most. For a path to (x, y) the last step came from (x - 1, y) with probability x / (x + y): a recursion of positive terms only, so
    /// that small probabilities keep their digits.
    /// </summary>
    private static double Outside(int m, int n, long most)
    {
        double[] column = new double[n + 1];
        for (int x = 0; x <= m; x++)
        {
            // Inside is |x n - y m| < most; below and above it every path has been outside.
            long low = Math.Max(0, (((x * (long)n) - most) / m) + ((x * (long)n) - most >= 0 ? 1 : 0));
            long high = Math.Min(n, ((x * (long)n) + most - 1) / m);
            for (long y = Math.Max(0, low - 1); y < low; y++)
            {
                column[y] = 1;
            }

            double below = low > 0 ? 1 : 0;
            for (long y = low; y <= high; y++)
            {
                double left = x == 0 ? 0 : column[y];
                below = x + y == 0 ? 0 : ((x * left) + (y * below)) / (x + y);
                column[y] = below;
            }

            for (long y = high + 1; y <= n && column[y] != 1; y++)
            {
                column[y] = 1;
            }
        }

        return column[n];
    }

    private static double[] Sorted(ReadOnlySpan<double> values, string name)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A sample is empty.", name);
        }

        double[] sorted = values.ToArray();
        if (Array.Exists(sorted, double.IsNaN))
        {
            throw new ArgumentException("A sample holds NaN: it has no order.", name);
        }

        Array.Sort(sorted);
        return sorted;
    }
}
