using System.Numerics;

namespace FinObs.Benchmarks.Load;

/// <summary>
/// Counts of durations in microseconds, in buckets that grow with the value: 64 a power of two, so that a percentile is at most 1.6 % too
/// high. Recording allocates nothing.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 6;
    private const int PerPower = 1 << Bits;

    private readonly long[] _counts = new long[PerPower * (64 - Bits)];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public TimeSpan Sum { get; private set; }

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : Sum / Count;

    public void Record(TimeSpan latency)
    {
        long microseconds = Math.Max(0, (long)latency.TotalMicroseconds);
        _counts[IndexOf((ulong)microseconds)]++;
        Count++;
        Sum += latency;
        Max = latency > Max ? latency : Max;
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Sum += other.Sum;
        Max = other.Max > Max ? other.Max : Max;
    }

    /// <summary>The upper end of the bucket that holds the quantile, e.g. 0.99; zero when nothing was recorded.</summary>
    public TimeSpan Percentile(double quantile)
    {
        long rank = (long)Math.Ceiling(quantile * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                TimeSpan upper = TimeSpan.FromMicroseconds(UpperOf(i));
                return upper < Max ? upper : Max;
            }
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(ulong value)
    {
        if (value < PerPower)
        {
            return (int)value;
        }

        int shift = BitOperations.Log2(value) - Bits;
        return ((shift + 1) << Bits) + (int)((value >> shift) - PerPower);
    }

    private static double UpperOf(int index)
    {
        int power = index >> Bits;
        return power == 0 ? index : ((ulong)((index & (PerPower - 1)) + PerPower + 1) << (power - 1)) - 1;
    }
}
