using System.IO.Hashing;
using System.Text;

namespace FinObs.Scoring.Features;

/// <summary>A 64-bit hash of a string that is the same in every process, on every machine: XXH3 of its UTF-8 bytes. Never 0 for a non-empty string.</summary>
public static class StableHash
{
    /// <summary>The hash; 0 for <see langword="null"/> or empty.</summary>
    public static ulong Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        Span<byte> small = stackalloc byte[256];
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = length <= small.Length ? small[..length] : new byte[length];
        Encoding.UTF8.GetBytes(text, bytes);
        ulong hash = XxHash3.HashToUInt64(bytes);
        return hash == 0 ? 1 : hash;
    }
}
