namespace FinObs.Scoring.Features;

/// <summary>Formulas that several features share.</summary>
internal static class Evidence
{
    /// <summary>Transactions that a prior variance weighs.</summary>
    private const double VariancePrior = 10;

    /// <summary>Beyond this many deviations nothing gets more unusual: bounds <see cref="Widen"/> at 147.4.</summary>
    private const double MostDeviations = 5;

    /// <summary>exp(z) - 1 with z kept within ±5: unusually large values keep their heavy tail, unusually small ones end at -1.</summary>
    public static double Widen(double deviations) => Math.Exp(Math.Clamp(deviations, -MostDeviations, MostDeviations)) - 1;

    /// <summary>Deviations of a log amount from what an account's moments predict, shrunk to a parent while the history is short.</summary>
    /// <param name="log">The log amount.</param>
    /// <param name="own">Moments of the account, or of one type of it.</param>
    /// <param name="parentMean">Mean where nothing is known of the account.</param>
    /// <param name="basis">Spread within and between accounts.</param>
    public static double Deviations(double log, in Moments own, double parentMean, FeatureBasis basis)
    {
        double weight = own.Weight;
        double mean = ((weight * own.Mean) + (basis.MeanPrior * parentMean)) / (weight + basis.MeanPrior);
        double spread = ((weight * own.Variance) + (VariancePrior * basis.VarianceWithin)) / (weight + VariancePrior);

        // The guess of the mean is itself uncertain: by the spread between accounts at first, by less with every transaction.
        double doubt = basis.VarianceBetween * basis.MeanPrior / (weight + basis.MeanPrior);
        return (log - mean) / Math.Sqrt(spread + doubt);
    }

    /// <summary>A share shrunk to the population's: (count + strength × prior) / (total + strength).</summary>
    public static double Share(double count, double total, double prior, double strength) => (count + (strength * prior)) / (total + strength);
}
