using System.Buffers.Binary;

namespace FinObs.DataPlane.Outbox;

/// <summary>
/// UUIDv7 with a counter (RFC 9562, section 6.2, method 1): the ids of one process never go back, also within a millisecond, so a batch keeps its order and the index grows at its end.
/// 48 bits of milliseconds, 22 bits of counter, 52 random bits (six bits are version and variant).
/// </summary>
internal sealed class OrderedIds
{
    public const int RandomBytes = 7;
    private const int CounterBits = 22;
    private long _last;

    /// <summary>The next id; more than four million in one millisecond borrow from the next.</summary>
    public Guid Next(DateTimeOffset now, ReadOnlySpan<byte> random)
    {
        var floor = now.ToUnixTimeMilliseconds() << CounterBits;
        long last, next;
        do
        {
            last = Volatile.Read(ref _last);
            next = Math.Max(last + 1, floor);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        var (milliseconds, counter) = (next >> CounterBits, (ulong)next & ((1UL << CounterBits) - 1));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)milliseconds << 16) | 0x7000 | (counter >> 10));
        random[..RandomBytes].CopyTo(bytes[9..]);
        var low = (0b10UL << 62) | ((counter & 0x3ff) << 52) | (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & ((1UL << 52) - 1));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}
