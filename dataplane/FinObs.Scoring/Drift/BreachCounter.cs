namespace FinObs.Scoring.Drift;

/// <summary>
/// When single breaches count as drift: K of the last N checks, then quiet for a while. Once it counts as drifting it ends only when no check of the last N breaches (hysteresis), so that a value on the
/// threshold does not flap.
/// </summary>
/// <param name="Breaches">The last checks, the newest in the lowest bit; 1 = breach.</param>
/// <param name="Checks">How many of the bits are used.</param>
/// <param name="Drifting">As of the last check.</param>
/// <param name="QuietUntil">No action before; null = none was taken.</param>
public readonly record struct BreachCounter(ulong Breaches, int Checks, bool Drifting, DateTimeOffset? QuietUntil)
{
    /// <summary>The greatest N.</summary>
    public const int Most = 64;

    /// <summary>Breaches among the last checks.</summary>
    public int Count => System.Numerics.BitOperations.PopCount(Breaches);

    /// <summary>After one more check.</summary>
    /// <param name="breach">Whether it breached.</param>
    /// <param name="needed">K, at least 1.</param>
    /// <param name="outOf">N, from K to <see cref="Most"/>.</param>
    /// <param name="cooldown">How long to be quiet after acting.</param>
    /// <param name="now">The time of the check.</param>
    /// <returns>The new state, and whether to act now: drifting, and not quiet.</returns>
    public (BreachCounter Next, bool Act) After(bool breach, int needed, int outOf, TimeSpan cooldown, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needed, outOf);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outOf, Most);
        ulong mask = outOf == Most ? ulong.MaxValue : (1UL << outOf) - 1;
        ulong breaches = ((Breaches << 1) | (breach ? 1UL : 0)) & mask;
        int count = System.Numerics.BitOperations.PopCount(breaches);
        bool drifting = count >= needed || (Drifting && count > 0);
        bool act = count >= needed && (QuietUntil is null || now >= QuietUntil);
        return (new BreachCounter(breaches, Math.Min(outOf, Checks + 1), drifting, act ? now + cooldown : QuietUntil), act);
    }
}
