using System.Globalization;
using CsCheck;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Transactions;

public sealed class TransactionRequestTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-03-31T10:05:06Z", "2026-03-31T10:05:06.0000000Z")]
    [InlineData("2026-03-31t10:05:06z", "2026-03-31T10:05:06.0000000Z")]
    [InlineData("2026-03-31 10:05:06Z", "2026-03-31T10:05:06.0000000Z")]
    [InlineData("2026-03-31T10:05Z", "2026-03-31T10:05:00.0000000Z")]
    [InlineData("2026-03-31T10:05:06.5Z", "2026-03-31T10:05:06.5000000Z")]
    [InlineData("2026-03-31T10:05:06.1234569Z", "2026-03-31T10:05:06.1234560Z")]
    [InlineData("2026-03-31T10:05:06,123456789Z", "2026-03-31T10:05:06.1234560Z")]
    [InlineData("2026-03-31T10:05:06+02:00", "2026-03-31T08:05:06.0000000Z")]
    [InlineData("2026-03-31T10:05:06-0530", "2026-03-31T15:35:06.0000000Z")]
    [InlineData("2026-03-31T10:05:06+02", "2026-03-31T08:05:06.0000000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z")]
    [InlineData("1700000000", "2023-11-14T22:13:20.0000000Z")]
    [InlineData("1700000000.25", "2023-11-14T22:13:20.2500000Z")]
    [InlineData("1700000000000", "2023-11-14T22:13:20.0000000Z")]
    [InlineData("1.7e9", "2023-11-14T22:13:20.0000000Z")]
    [InlineData("2026-04-01T12:00:00Z", "2026-04-01T12:00:00.0000000Z")]
    public void Iso_8601_with_zone_and_unix_time_are_read(string text, string expected)
    {
        Assert.Null(TransactionRequestTime.TryRead(text, Now, out DateTimeOffset time));

        Assert.Equal(expected, time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.Zero, time.Offset);
    }

    [Theory]
    [InlineData("", "timestamp_invalid")]
    [InlineData("yesterday", "timestamp_invalid")]
    [InlineData("31/03/2026", "timestamp_invalid")]
    [InlineData("2026-02-30T00:00:00Z", "timestamp_invalid")]
    [InlineData("2025-02-29T00:00:00Z", "timestamp_invalid")]
    [InlineData("2026-13-01T00:00:00Z", "timestamp_invalid")]
    [InlineData("0000-01-01T00:00:00Z", "timestamp_invalid")]
    [InlineData("2026-03-31T24:00:00Z", "timestamp_invalid")]
    [InlineData("2026-03-31T10:60:00Z", "timestamp_invalid")]
    [InlineData("2026-03-31T10:05:60Z", "timestamp_invalid")]
    [InlineData("2026-03-31T10:05:06.Z", "timestamp_invalid")]
    [InlineData("2026-03-31T10:05:06+15:00", "timestamp_invalid")]
    [InlineData("2026-03-31T10:05:06Z!", "timestamp_invalid")]
    [InlineData("NaN", "timestamp_invalid")]
    [InlineData("1e400", "timestamp_invalid")]
    [InlineData("2026-03-31T10:05:06", "timestamp_without_zone")]
    [InlineData("2026-03-31T10:05", "timestamp_without_zone")]
    [InlineData("2026-03-31", "timestamp_without_zone")]
    [InlineData("2026-04-01T12:00:01Z", "timestamp_in_future")]
    [InlineData("9999-12-31T23:59:59-14:00", "timestamp_in_future")]
    [InlineData("99999999999999999", "timestamp_in_future")]
    [InlineData("1989-12-31T23:59:59Z", "timestamp_too_old")]
    [InlineData("0001-01-01T00:00:00+14:00", "timestamp_too_old")]
    [InlineData("0", "timestamp_too_old")]
    [InlineData("-5", "timestamp_too_old")]
    [InlineData("20260331", "timestamp_too_old")]
    public void What_is_not_a_time_has_its_code(string text, string code) =>
        Assert.Equal(code, TransactionRequestTime.TryRead(text, Now, out _)?.Code);

    [Fact]
    public void Absent_means_now_in_whole_microseconds()
    {
        Assert.Null(TransactionRequestTime.TryRead(null, Now.AddTicks(7), out DateTimeOffset time));

        Assert.Equal(Now, time);
    }

    [Fact]
    public void Any_instant_in_any_zone_comes_back_to_the_microsecond() =>
        Gen.Select(Gen.Long[631_152_000_000_000, 1_774_958_400_000_000], Gen.Int[-14 * 60, 14 * 60]).Sample((microseconds, offset) =>
        {
            DateTimeOffset instant = DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10);
            string text = instant.ToOffset(TimeSpan.FromMinutes(offset)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

            Assert.Null(TransactionRequestTime.TryRead(text, Now, out DateTimeOffset read));
            Assert.Equal(instant, read);
            Assert.Null(TransactionRequestTime.TryRead((microseconds / 1000).ToString(CultureInfo.InvariantCulture), Now, out DateTimeOffset fromUnix));
            Assert.Equal(microseconds / 1000, fromUnix.ToUnixTimeMilliseconds());
        });

    [Fact]
    public void Any_text_is_a_time_or_an_error() =>
        Gen.Char["0123456789-+:.TZ "].Array[0, 30].Select(c => new string(c)).Sample(text => TransactionRequestTime.TryRead(text, Now, out _));
}
