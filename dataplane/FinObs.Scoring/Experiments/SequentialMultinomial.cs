using MathNet.Numerics;

namespace FinObs.Scoring.Experiments;

/// <summary>
/// Whether counts follow given shares, at every moment: the sample-ratio check of an experiment, and (with shares ½, ½ over the discordant pairs) a McNemar test that may be looked at as often as one likes.
/// Exact, without an approximation.
/// </summary>
/// <remarks>Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022: the Bayes factor of a Dirichlet mixture against the shares is a test martingale, and by Ville's inequality it exceeds 1/α with a chance of at most α.</remarks>
public static class SequentialMultinomial
{
    /// <summary>The always-valid p-value: 1 / max(1, e). Keep the least of all looks.</summary>
    /// <param name="counts">≥ 0.</param>
    /// <param name="shares">Positive, of sum 1, as many.</param>
    /// <param name="concentration">k &gt; 0: the mixture is Dirichlet(k × shares × K) over K categories; larger values are sharper for small deviations.</param>
    public static double PValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, double concentration = 1) => Math.Min(1, Math.Exp(-LogEValue(counts, shares, concentration)));

    /// <summary>The logarithm of the e-value: ln of Γ(A)/Γ(A + n) Π Γ(aᵢ + nᵢ)/Γ(aᵢ) Π pᵢ^-nᵢ.</summary>
    public static double LogEValue(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, double concentration = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(shares.Length, counts.Length);
        double total = concentration * counts.Length, n = 0, log = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            double a = total * shares[i];
            n += counts[i];
            log += SpecialFunctions.GammaLn(a + counts[i]) - SpecialFunctions.GammaLn(a) - (counts[i] * Math.Log(shares[i]));
        }

        return log + SpecialFunctions.GammaLn(total) - SpecialFunctions.GammaLn(total + n);
    }
}
