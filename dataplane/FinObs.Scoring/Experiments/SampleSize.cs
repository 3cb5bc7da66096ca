using MathNet.Numerics.Distributions;

namespace FinObs.Scoring.Experiments;

/// <summary>How many labelled units an experiment needs.</summary>
public static class SampleSize
{
    /// <summary>Units in each of two arms of equal size, so that a difference of rates is found with the given power at the planned end.</summary>
    /// <param name="control">Rate in the control, 0..1.</param>
    /// <param name="effect">Least absolute difference of interest, not 0.</param>
    /// <param name="alpha">Two-sided level.</param>
    /// <param name="power">1 - chance to miss it.</param>
    /// <returns>Rounded up; <see cref="long.MaxValue"/> where the treatment's rate would leave 0..1.</returns>
    /// <remarks>Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd edition, formula 4.14 (without continuity correction).</remarks>
    public static long PerArm(double control, double effect, double alpha, double power)
    {
        double treatment = control + effect;
        if (treatment is <= 0 or >= 1 || effect == 0)
        {
            return long.MaxValue;
        }

        double mean = (control + treatment) / 2;
        double a = Normal.InvCDF(0, 1, 1 - (alpha / 2)) * Math.Sqrt(2 * mean * (1 - mean));
        double b = Normal.InvCDF(0, 1, power) * Math.Sqrt((control * (1 - control)) + (treatment * (1 - treatment)));
        return (long)Math.Ceiling((a + b) * (a + b) / (effect * effect));
    }
}
