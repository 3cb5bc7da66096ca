using System.IO.Hashing;
using System.Text;

namespace FinObs.Scoring.Experiments;

/// <summary>
/// Which arm a unit (an account) is in: by a hash of the experiment's salt and the unit, so that it is the same on every replica, for ever, and says nothing about any other experiment. Whether a unit takes part and which
/// arm it gets are two hashes: enrolling more units moves nobody from one arm to another.
/// </summary>
public static class Assignment
{
    /// <summary>Buckets: shares are multiples of 0.01 %.</summary>
    public const int Buckets = 10_000;

    /// <summary>The unit's arm.</summary>
    /// <param name="salt">The experiment's, never empty.</param>
    /// <param name="unit">E.g. an account.</param>
    /// <param name="enrolled">How many buckets take part, 0..<see cref="Buckets"/>.</param>
    /// <param name="weights">Buckets of each arm; they add up to <see cref="Buckets"/>.</param>
    /// <returns>The arm's index; -1 where the unit does not take part.</returns>
    public static int ArmOf(string salt, string unit, int enrolled, ReadOnlySpan<int> weights)
    {
        if (BucketOf(salt, "enrolment", unit) >= enrolled)
        {
            return -1;
        }

        int bucket = BucketOf(salt, "arm", unit);
        for (int arm = 0; arm < weights.Length; arm++)
        {
            bucket -= weights[arm];
            if (bucket < 0)
            {
                return arm;
            }
        }

        throw new ArgumentException($"The weights add up to less than {Buckets}.", nameof(weights));
    }

    /// <summary>A number from 0 to <see cref="Buckets"/> - 1: XXH64 of <c>salt NUL purpose NUL unit</c> in UTF-8, reduced by the high bits of a product (the bias is below 1e-15).</summary>
    /// <param name="salt">The experiment's.</param>
    /// <param name="purpose">What it decides: numbers of two purposes are independent.</param>
    /// <param name="unit">The unit.</param>
    public static int BucketOf(string salt, string purpose, string unit)
    {
        int size = Encoding.UTF8.GetMaxByteCount(salt.Length + purpose.Length + unit.Length) + 2;
        Span<byte> text = size <= 512 ? stackalloc byte[size] : new byte[size];
        int length = Encoding.UTF8.GetBytes(salt, text);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(purpose, text[length..]);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(unit, text[length..]);
        return (int)Math.BigMul(XxHash64.HashToUInt64(text[..length]), Buckets, out _);
    }
}
