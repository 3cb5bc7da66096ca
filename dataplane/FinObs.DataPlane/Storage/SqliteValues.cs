using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FinObs.DataPlane.Storage;

/// <summary>How SQLite, which has neither uuid nor timestamp, holds them: so that bytes and integers sort as the values do.</summary>
internal static class SqliteValues
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    public static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static long ToMicroseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);

    internal sealed class GuidToBytes() : ValueConverter<Guid, byte[]>(id => ToBytes(id), bytes => new Guid(bytes, true));

    internal sealed class InstantToMicroseconds() : ValueConverter<DateTimeOffset, long>(
        instant => ToMicroseconds(instant), microseconds => FromMicroseconds(microseconds));
}
