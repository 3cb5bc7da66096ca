namespace FinObs.Scoring.Statistics;

/// <summary>Many tests at once: with twenty features at 1 % each, one false alarm in five checks is no surprise.</summary>
public static class FalseDiscovery
{
    /// <summary>Adjusted p-values (q-values): to reject those below α keeps the expected share of false ones among the rejected below α, where tests are independent or positively dependent.</summary>
    /// <param name="pValues">0..1.</param>
    /// <returns>In the order of the input, 0..1.</returns>
    /// <remarks>Benjamini and Hochberg, JRSS B 57 (1995); the same as <c>statsmodels.stats.multitest.multipletests(method="fdr_bh")</c>.</remarks>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> pValues)
    {
        int n = pValues.Length;
        double[] sorted = pValues.ToArray();
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(sorted, order);
        double[] adjusted = new double[n];
        double least = 1;
        for (int i = n - 1; i >= 0; i--)
        {
            least = Math.Min(least, sorted[i] * n / (i + 1));
            adjusted[order[i]] = least;
        }

        return adjusted;
    }

    /// <summary>Adjusted p-values that keep the chance of even one false rejection below α, whatever the dependence.</summary>
    /// <param name="pValues">0..1.</param>
    public static double[] Bonferroni(ReadOnlySpan<double> pValues)
    {
        double[] adjusted = new double[pValues.Length];
        for (int i = 0; i < adjusted.Length; i++)
        {
            adjusted[i] = Math.Min(1, pValues[i] * pValues.Length);
        }

        return adjusted;
    }
}
