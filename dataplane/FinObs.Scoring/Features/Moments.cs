using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>Robust mean and variance of a stream in twelve bytes. The weight is the number of values until <see cref="Memory"/>, then stays: old values fade by 1/Memory a value.</summary>
/// <remarks>A value further than two deviations off counts as one at two (Huber 1964): a run of frauds does not become the account's habit, a new habit still does, later.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Moments
{
    /// <summary>Values that are remembered: enough for a steady baseline, few enough to follow a customer whose life changes.</summary>
    public const float Memory = 500;

    /// <summary>Values before the deviation is trusted to judge the next one.</summary>
    private const float Trusted = 10;
    private const double MostDeviations = 2;

    /// <summary>Floor under the variance that judges: after ten equal amounts a slightly different one must count in full.</summary>
    private const double SmallestVariance = 0.0025;

    public float Weight;
    public float Mean;
    public float Variance;

    /// <summary>Takes in one value (West 1979, with a floor under the step).</summary>
    public void Add(double value)
    {
        double weight = Math.Min(Weight + 1, Memory);
        double step = 1 / weight;
        double away = value - Mean;
        if (Weight >= Trusted)
        {
            double most = MostDeviations * Math.Sqrt(Variance + SmallestVariance);
            away = Math.Clamp(away, -most, most);
        }

        Weight = (float)weight;
        Mean = (float)(Mean + (step * away));
        Variance = (float)((1 - step) * (Variance + (step * away * away)));
    }
}
