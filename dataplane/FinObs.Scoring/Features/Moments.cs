using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>Mean and variance of a stream in twelve bytes. The weight is the number of values until <see cref="Memory"/>, then stays: old values fade by 1/Memory a value.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Moments
{
    /// <summary>Values that are remembered. Enough for a variance within 10 %, few enough to follow a customer whose life changes.</summary>
    public const float Memory = 200;

    public float Weight;
    public float Mean;
    public float Variance;

    /// <summary>Takes in one value (West 1979, with a floor under the step).</summary>
    public void Add(double value)
    {
        double weight = Math.Min(Weight + 1, Memory);
        double step = 1 / weight;
        double away = value - Mean;
        Weight = (float)weight;
        Mean = (float)(Mean + (step * away));
        Variance = (float)((1 - step) * (Variance + (step * away * away)));
    }
}
