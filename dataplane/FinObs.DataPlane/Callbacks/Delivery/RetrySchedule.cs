using System.Runtime.InteropServices;
using FinObs.Contracts.Resources.CallbackTargets;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>When a message is tried again.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RetrySchedule(CallbackDelivery delivery)
{
    /// <summary>A receiver that asks for more patience than this is not taken at its word.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private readonly CallbackDelivery _delivery = delivery;

    /// <summary>No message is due later than this from now on; one that is was scheduled by a clock that ran ahead.</summary>
    public TimeSpan Longest
    {
        get
        {
            TimeSpan longest = _delivery.Schedule.Max(delay => delay.Value) * (1 + (double)_delivery.Jitter);
            return longest > LongestRetryAfter ? longest : LongestRetryAfter;
        }
    }

    /// <summary>How long after its failure; null where the schedule has come to its end.</summary>
    /// <param name="attempts">How often it was tried, this failure included.</param>
    /// <param name="retryAfter">What the receiver asked for; the later of the two holds.</param>
    /// <param name="random">0 to 1, moves the delay.</param>
    public TimeSpan? After(int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > _delivery.Schedule.Count)
        {
            return null;
        }

        TimeSpan planned = _delivery.Schedule[attempts - 1].Value * (1 + ((double)_delivery.Jitter * ((2 * random) - 1)));
        TimeSpan asked = retryAfter is { } patience && patience < LongestRetryAfter ? patience : retryAfter is null ? TimeSpan.Zero : LongestRetryAfter;
        return planned > asked ? planned : asked;
    }
}
