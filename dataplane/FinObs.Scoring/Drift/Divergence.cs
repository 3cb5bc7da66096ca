namespace FinObs.Scoring.Drift;

/// <summary>How far two lists of counts over the same bins are apart, as effect sizes: they do not grow with the number of rows as p-values shrink with it.</summary>
public static class Divergence
{
    /// <summary>Population stability index: Σ (p - q) ln(p / q), the symmetrised Kullback-Leibler divergence. By custom below 0.1 nothing, above 0.2 or 0.25 a shift.</summary>
    /// <param name="reference">Counts.</param>
    /// <param name="current">Counts over the same bins.</param>
    /// <param name="smoothing">Added to each count, so that an empty bin is finite: 0.5 is Jeffreys' prior.</param>
    /// <returns>≥ 0; NaN where a list has no bins.</returns>
    public static double PopulationStability(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double smoothing = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(current.Length, reference.Length);
        (double n, double m) = (Total(reference, smoothing), Total(current, smoothing));
        double sum = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double p = (current[i] + smoothing) / m, q = (reference[i] + smoothing) / n;
            sum += (p - q) * Math.Log(p / q);
        }

        return reference.Length == 0 ? double.NaN : sum;
    }

    /// <summary>What the index is expected to be when nothing has changed: (B - 1)(1/n + 1/m), its mean by the χ² approximation. With few rows it is large, and no sign of drift.</summary>
    /// <param name="bins">B.</param>
    /// <param name="reference">n rows.</param>
    /// <param name="current">m rows.</param>
    /// <remarks>Yurdakul and Naranjo, "Statistical properties of the population stability index", Journal of Risk Model Validation 14 (2020).</remarks>
    public static double ExpectedPopulationStability(int bins, long reference, long current) => (bins - 1) * ((1.0 / reference) + (1.0 / current));

    /// <summary>Jensen-Shannon distance with logarithms to base 2: √(½ KL(p‖m) + ½ KL(q‖m)), m = ½ (p + q); <c>scipy.spatial.distance.jensenshannon(base=2)</c>.</summary>
    /// <param name="reference">Counts.</param>
    /// <param name="current">Counts over the same categories.</param>
    /// <returns>0..1; NaN where a list is empty.</returns>
    public static double JensenShannon(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(current.Length, reference.Length);
        (double n, double m) = (Total(reference, 0), Total(current, 0));
        double sum = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double q = reference[i] / n, p = current[i] / m, middle = (p + q) / 2;
            sum += p > 0 ? p * Math.Log2(p / middle) : 0;
            sum += q > 0 ? q * Math.Log2(q / middle) : 0;
        }

        return n == 0 || m == 0 ? double.NaN : Math.Sqrt(Math.Max(0, sum / 2));
    }

    /// <summary>The same distance of two lists of shares, e.g. of the features' parts in the mean |SHAP value|.</summary>
    /// <param name="reference">≥ 0, not all 0; of any sum.</param>
    /// <param name="current">The same length.</param>
    /// <returns>0..1; NaN where a list adds up to 0.</returns>
    public static double JensenShannon(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(current.Length, reference.Length);
        double n = 0, m = 0, sum = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            n += reference[i];
            m += current[i];
        }

        for (int i = 0; i < reference.Length; i++)
        {
            double q = reference[i] / n, p = current[i] / m, middle = (p + q) / 2;
            sum += p > 0 ? p * Math.Log2(p / middle) : 0;
            sum += q > 0 ? q * Math.Log2(q / middle) : 0;
        }

        return n == 0 || m == 0 ? double.NaN : Math.Sqrt(Math.Max(0, sum / 2));
    }

    private static double Total(ReadOnlySpan<long> counts, double smoothing)
    {
        double total = 0;
        foreach (long count in counts)
        {
            total += count + smoothing;
        }

        return total;
    }
}
