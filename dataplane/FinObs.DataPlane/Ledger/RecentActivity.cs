using System.Runtime.InteropServices;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Ledger;

/// <summary>One transaction as rules over a window of time remember it: 24 bytes, nothing that names a person.</summary>
/// <param name="Instant">Unix microseconds of when it happened.</param>
/// <param name="Amount">Ten-thousandths of the base currency, so that sums are exact; <see cref="UnknownAmount"/> where no exchange rate is known.</param>
/// <param name="Type">32 bits of the type's hash.</param>
/// <param name="Side">Currency in the low bits, and whether money came in.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct RecentTransaction(long Instant, long Amount, uint Type, uint Side)
{
    public const long UnknownAmount = -1;

    /// <summary>Parts of a unit of the base currency.</summary>
    public const int Parts = 10_000;

    private const uint Credit = 1u << 31;
    private const int Letters = 26;

    public bool IsCredit => (Side & Credit) != 0;

    public uint Currency => Side & ~Credit;

    public static RecentTransaction Of(in TransactionFacts facts, string currency) => new(
        Microseconds(facts.OccurredAt),
        facts.AmountInBase is { } amount ? (long)Math.Round(amount * Parts) : UnknownAmount,
        TypeOf(facts.Type),
        CurrencyOf(currency) | (facts.IsCredit ? Credit : 0));

    public static uint TypeOf(string type) => (uint)(StableHash.Of(type) >> 32);

    /// <summary>A number for each code of three letters.</summary>
    public static uint CurrencyOf(string code)
    {
        uint number = 0;
        foreach (char letter in code)
        {
            number = (number * Letters) + (uint)(letter - 'A');
        }

        return number & ~Credit;
    }

    public static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}

/// <summary>
/// The last transactions of an account, at most <see cref="Most"/>, in the order of their time. Kept only where a rule looks at a window of time. It is either whole or absent: an account of
/// which a transaction was not remembered starts anew.
/// </summary>
internal sealed class RecentActivity
{
    /// <summary>Bound on what is kept of one account: 768 bytes, and a few nanoseconds to walk.</summary>
    public const int Most = 32;

    /// <summary>Older ones are forgotten: no window is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public static readonly RecentActivity None = new([]);

    private const byte FormatVersion = 1;
    private readonly RecentTransaction[] _items;

    private RecentActivity(RecentTransaction[] items) => _items = items;

    public ReadOnlySpan<RecentTransaction> Items => _items;

    /// <summary>Something may have fallen out, so a window that reaches further back than the oldest is a lower bound.</summary>
    public bool IsFull => _items.Length == Most;

    /// <summary>The same with one more; the oldest falls out where there are too many.</summary>
    public RecentActivity With(RecentTransaction next)
    {
        long newest = _items.Length == 0 ? next.Instant : Math.Max(_items[^1].Instant, next.Instant);
        long oldest = newest - (Longest.Ticks / TimeSpan.TicksPerMicrosecond);
        int from = 0;
        while (from < _items.Length && _items[from].Instant < oldest)
        {
            from++;
        }

        int at = _items.Length;
        while (at > from && _items[at - 1].Instant > next.Instant)
        {
            at--;
        }

        if (next.Instant < oldest)
        {
            return this;
        }

        RecentTransaction[] all = [.. _items.AsSpan(from, at - from), next, .. _items.AsSpan(at)];
        return new RecentActivity(all.Length > Most ? all[^Most..] : all);
    }

    /// <summary>The format's version, then the transactions, little-endian like the profile.</summary>
    public byte[] ToBytes() => [FormatVersion, .. MemoryMarshal.AsBytes<RecentTransaction>(_items)];

    /// <exception cref="FormatException">The bytes are of a version this code does not know, or cut short.</exception>
    public static RecentActivity FromBytes(ReadOnlySpan<byte> bytes)
    {
        int size = Marshal.SizeOf<RecentTransaction>();
        if (bytes.IsEmpty || bytes[0] != FormatVersion || (bytes.Length - 1) % size != 0 || (bytes.Length - 1) / size > Most)
        {
            throw new FormatException("The stored recent transactions of an account are of another format or damaged. Rebuild the profiles from history.");
        }

        RecentTransaction[] items = new RecentTransaction[(bytes.Length - 1) / size];
        bytes[1..].CopyTo(MemoryMarshal.AsBytes<RecentTransaction>(items.AsSpan()));
        return new RecentActivity(items);
    }
}
