namespace FinObs.Operator.Reconciliation;

/// <summary>How long to wait after the n-th failure in a row: twice as long each time up to a bound, and never quite the same.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Most">The bound.</param>
internal sealed record Backoff(TimeSpan First, TimeSpan Most)
{
    /// <summary>So that those that failed together do not try again together.</summary>
    private const double Spread = 0.2;

    public TimeSpan Delay(int failures, Jitter jitter)
    {
        double factor = Math.Pow(2, Math.Min(failures - 1, 30));
        return jitter.Around(TimeSpan.FromTicks((long)Math.Min(First.Ticks * factor, Most.Ticks)), Spread);
    }
}

/// <summary>Chance, from a seed; may be asked from several threads.</summary>
internal sealed class Jitter(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double Next()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    /// <summary>The length, up to that part shorter or longer.</summary>
    public TimeSpan Around(TimeSpan length, double part) => length * (1 + (part * ((2 * Next()) - 1)));
}
