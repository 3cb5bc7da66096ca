namespace FinObs.Scoring.Experiments;

/// <summary>What is known of one arm.</summary>
/// <param name="Successes">Of the labelled units.</param>
/// <param name="Trials">Labelled units; what has no label is not here, neither as right nor as wrong.</param>
public readonly record struct Proportion(long Successes, long Trials)
{
    /// <summary>0..1; NaN without trials.</summary>
    public double Rate => Successes / (double)Trials;
}

/// <summary>An always-valid answer.</summary>
/// <param name="Effect">Rate of the treatment less that of the control.</param>
/// <param name="PValue">May be looked at whenever one likes: the chance that it ever falls below α under no effect is at most about α.</param>
/// <param name="Low">Lower end of the confidence sequence for the effect.</param>
/// <param name="High">Upper end.</param>
public readonly record struct SequentialResult(double Effect, double PValue, double Low, double High);

/// <summary>The mixture sequential probability ratio test of two proportions, with a normal mixture N(0, τ²) over the effect.</summary>
/// <remarks>
/// Johari, Koomen, Pekelis and Walsh, "Always valid inference: continuous monitoring of A/B tests", Operations Research 70 (2022), section 4: with V the variance of the difference,
/// Λ = √(V / (V + τ²)) exp(τ² δ² / (2 V (V + τ²))), p = 1 / Λ. It leans on the normal approximation of a difference of proportions: see <see cref="LeastPerArm"/>.
/// </remarks>
public static class SequentialProportions
{
    /// <summary>With fewer successes or failures in an arm the approximation is not good enough to say anything.</summary>
    public const int LeastPerArm = 10;

    /// <summary>One look. Between looks keep the least p-value: evidence that was there does not go away.</summary>
    /// <param name="control">Control arm.</param>
    /// <param name="treatment">Treatment arm.</param>
    /// <param name="tau">τ, the effect that the test is sharpest for, in rate: the least effect of interest is a good choice; positive.</param>
    /// <param name="alpha">For the confidence sequence, 0..1.</param>
    /// <returns>P-value 1 and an interval of everything while an arm has too little.</returns>
    public static SequentialResult Test(Proportion control, Proportion treatment, double tau, double alpha)
    {
        if (!IsEnough(control) || !IsEnough(treatment))
        {
            return new SequentialResult(treatment.Trials > 0 && control.Trials > 0 ? treatment.Rate - control.Rate : double.NaN, 1, -1, 1);
        }

        double effect = treatment.Rate - control.Rate;
        double variance = Variance(control) + Variance(treatment), mixed = variance + (tau * tau);
        double log = (0.5 * Math.Log(variance / mixed)) + (tau * tau * effect * effect / (2 * variance * mixed));
        double half = Math.Sqrt(2 * variance * mixed / (tau * tau) * (Math.Log(1 / alpha) + (0.5 * Math.Log(mixed / variance))));
        return new SequentialResult(effect, Math.Min(1, Math.Exp(-log)), Math.Max(-1, effect - half), Math.Min(1, effect + half));
    }

    private static bool IsEnough(Proportion arm) => arm.Successes >= LeastPerArm && arm.Trials - arm.Successes >= LeastPerArm;

    private static double Variance(Proportion arm) => arm.Rate * (1 - arm.Rate) / arm.Trials;
}
