namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>How durations spread: counts in buckets that grow by a fifth, from ten microseconds to some twenty seconds. A quantile is told to about a tenth.</summary>
internal sealed class Spread
{
    private const int Buckets = 80;
    private const double Least = 1e-5;

    private static readonly double Growth = Math.Log(1.2);

    private readonly int[] _counts = new int[Buckets];

    public long Count { get; private set; }

    public double SumSeconds { get; private set; }

    public double MeanSeconds => Count == 0 ? 0 : SumSeconds / Count;

    public void Add(double seconds)
    {
        _counts[(int)Math.Clamp(Math.Ceiling(Math.Log(Math.Max(seconds, Least) / Least) / Growth), 0, Buckets - 1)]++;
        Count++;
        SumSeconds += seconds;
    }

    public void Add(Spread other)
    {
        for (int i = 0; i < Buckets; i++)
        {
            _counts[i] += other._counts[i];
        }

        (Count, SumSeconds) = (Count + other.Count, SumSeconds + other.SumSeconds);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, SumSeconds) = (0, 0);
    }

    /// <summary>The duration below which this share lies, in seconds; null where nothing was measured.</summary>
    public double? Quantile(double share)
    {
        double wanted = share * Count, below = 0;
        for (int i = 0; i < Buckets && Count > 0; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= wanted)
            {
                double from = i == 0 ? 0 : Edge(i - 1);
                return from + ((Edge(i) - from) * Math.Clamp((wanted - below) / _counts[i], 0, 1));
            }

            below += _counts[i];
        }

        return null;
    }

    private static double Edge(int bucket) => Least * Math.Exp(Growth * bucket);
}
