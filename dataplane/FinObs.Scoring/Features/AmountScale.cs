namespace FinObs.Scoring.Features;

/// <summary>How amounts enter statistics.</summary>
internal static class AmountScale
{
    /// <summary>Greatest amount that statistics see, in the base currency: its square still fits a float many times over.</summary>
    public const double Greatest = 1e12;

    /// <summary>The amount, or <see langword="null"/> where there is none to reckon with: unknown rate, NaN, infinity.</summary>
    public static double? Usable(double? amount) =>
        amount is { } value && double.IsFinite(value) ? Math.Min(Math.Abs(value), Greatest) : null;

    /// <summary>ln(1 + amount): 0 for nothing, a ratio for everything above a few units.</summary>
    public static double Log(double amount) => Math.Log(1 + amount);
}
