namespace FinObs.Scoring.IsolationForest;

/// <summary>c(n): mean depth at which a search in a random binary tree of n keys ends without a find.</summary>
/// <remarks>Liu, Ting, Zhou, "Isolation Forest" (2008), equation 1, with the harmonic number as ln(n-1) + γ, as scikit-learn takes it.</remarks>
public static class AveragePathLength
{
    private const double EulerGamma = 0.5772156649015329;

    /// <summary>c(n): 0 up to one row, 1 for two, else 2(ln(n-1) + γ) - 2(n-1)/n.</summary>
    public static double Of(double rows) => rows switch
    {
        <= 1 => 0,
        <= 2 => 1,
        _ => (2 * (Math.Log(rows - 1) + EulerGamma)) - (2 * (rows - 1) / rows),
    };
}
