namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>No more than so many a second, a tenth of a second's worth at once.</summary>
internal sealed class TokenBucket(TimeProvider time)
{
    private const double Burst = 0.1;

    private double _tokens = 1;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes one; or says how long until there is one.</summary>
    public TimeSpan Take(int ratePerSecond)
    {
        double most = Math.Max(1, ratePerSecond * Burst);
        long now = time.GetTimestamp();
        _tokens = Math.Min(most, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * ratePerSecond));
        _filledAt = now;
        if (_tokens >= 1)
        {
            _tokens--;
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds((1 - _tokens) / ratePerSecond);
    }
}
