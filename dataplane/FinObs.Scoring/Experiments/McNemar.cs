using MathNet.Numerics;

namespace FinObs.Scoring.Experiments;

/// <summary>Two models on the same transactions: only those on which they differ tell which is better.</summary>
/// <remarks>McNemar, Psychometrika 12 (1947); the exact form is the binomial test with ½, as in <c>statsmodels.stats.contingency_tables.mcnemar(exact=True)</c>.</remarks>
public static class McNemar
{
    /// <summary>The two-sided exact p-value: 2 P(X ≤ min(b, c)), X binomial with b + c trials and ½; at most 1.</summary>
    /// <param name="onlyFirst">b: the first is right, the second wrong.</param>
    /// <param name="onlySecond">c: the other way round.</param>
    public static double PValue(long onlyFirst, long onlySecond)
    {
        long n = onlyFirst + onlySecond, least = Math.Min(onlyFirst, onlySecond);
        return onlyFirst == onlySecond ? 1 : Math.Min(1, 2 * SpecialFunctions.BetaRegularized(n - least, least + 1, 0.5));
    }

    /// <summary>The p-value that may be looked at whenever one likes; see <see cref="SequentialMultinomial"/>.</summary>
    public static double SequentialPValue(long onlyFirst, long onlySecond) => SequentialMultinomial.PValue([onlyFirst, onlySecond], [0.5, 0.5]);
}
