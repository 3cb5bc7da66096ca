using System.Globalization;

namespace FinObs.DataPlane.Transactions;

/// <summary>The timestamp's rules: ISO 8601 with a zone, or Unix seconds or milliseconds; from 1990 to a day ahead of now.</summary>
internal static class TransactionRequestTime
{
    /// <summary>No bank sends electronic records from before; a smaller number is a unit mistaken.</summary>
    public const int FirstYear = 1990;

    /// <summary>Clocks and zones go wrong by hours, not by days.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    // As seconds this is the year 5138, as milliseconds 1973: no allowed time is ambiguous.
    private const decimal FirstMilliseconds = 100_000_000_000m;

    private static readonly DateTimeOffset First = new(FirstYear, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ItemError Invalid = new(
        ItemErrorCodes.TimestampInvalid,
        "The timestamp cannot be read: send ISO 8601 with a zone such as 2026-03-31T14:05:00Z, or Unix time in seconds or milliseconds.");

    private static readonly ItemError WithoutZone = new(
        ItemErrorCodes.TimestampWithoutZone, "The timestamp has no time zone: add Z for UTC or an offset such as +01:00.");

    private static readonly ItemError InFuture = new(
        ItemErrorCodes.TimestampInFuture, "The timestamp is more than a day ahead of this server: check the sender's clock, zone and unit.");

    private static readonly ItemError TooOld = new(
        ItemErrorCodes.TimestampTooOld, "The timestamp is before 1990: check its unit (seconds or milliseconds) and its year.");

    /// <summary>Reads a timestamp; absent means now.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> where nothing is.</returns>
    public static ItemError? TryRead(string? text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = ToMicroseconds(now);
        if (text is null)
        {
            return null;
        }

        ItemError? error = text.AsSpan().ContainsAny(":TtZz") || LooksLikeDate(text)
            ? Iso8601(text, out time)
            : UnixTime(text, out time);
        if (error is not null)
        {
            return error;
        }

        return time < First ? TooOld : time > now + MaxAhead ? InFuture : null;
    }

    private static bool LooksLikeDate(string text) => text.AsSpan(Math.Min(1, text.Length)).Contains('-') && !text.AsSpan().ContainsAny("eE");

    private static ItemError? UnixTime(string text, out DateTimeOffset time)
    {
        time = default;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal value))
        {
            return Invalid;
        }

        decimal milliseconds = Math.Abs(value) >= FirstMilliseconds ? value : value * 1000;
        if (milliseconds < 0)
        {
            return TooOld;
        }

        if (milliseconds > 253_402_300_799_999m)
        {
            return InFuture;
        }

        time = ToMicroseconds(DateTimeOffset.UnixEpoch.AddTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)));
        return null;
    }

    private static ItemError? Iso8601(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        var reader = new Digits(text);
        if (!reader.Number(4, out int year) || !reader.Sign('-') || !reader.Number(2, out int month) || !reader.Sign('-') || !reader.Number(2, out int day))
        {
            return Invalid;
        }

        if (reader.IsAtEnd)
        {
            return WithoutZone;
        }

        if (!reader.DateEnds() || !reader.Number(2, out int hour) || !reader.Sign(':') || !reader.Number(2, out int minute)
            || !reader.SecondsAndFraction(out int second, out int microseconds))
        {
            return Invalid;
        }

        if (reader.IsAtEnd)
        {
            return WithoutZone;
        }

        if (!reader.Zone(out int offsetMinutes) || !IsDate(year, month, day) || hour > 23 || minute > 59 || second > 59)
        {
            return Invalid;
        }

        // Years outside are answered before the calendar's own ends can overflow.
        if (year < FirstYear - 1 || year > 9998)
        {
            return year > 9998 ? InFuture : TooOld;
        }

        var local = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        time = local.AddTicks((microseconds * TimeSpan.TicksPerMicrosecond) - (offsetMinutes * TimeSpan.TicksPerMinute));
        return null;
    }

    private static bool IsDate(int year, int month, int day) => year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static DateTimeOffset ToMicroseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>A cursor over the fixed places of a timestamp.</summary>
    private ref struct Digits(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool Number(int digits, out int value)
        {
            value = 0;
            if (_rest.Length < digits)
            {
                return false;
            }

            foreach (char c in _rest[..digits])
            {
                if (!char.IsAsciiDigit(c)) return false;
                value = (value * 10) + (c - '0');
            }

            _rest = _rest[digits..];
            return true;
        }

        public bool Sign(char sign)
        {
            bool found = !_rest.IsEmpty && _rest[0] == sign;
            _rest = found ? _rest[1..] : _rest;
            return found;
        }

        // RFC 3339 allows a blank for the T.
        public bool DateEnds() => Sign('T') || Sign('t') || Sign(' ');

        public bool SecondsAndFraction(out int second, out int microseconds)
        {
            second = microseconds = 0;
            if (!Sign(':'))
            {
                return true;
            }

            if (!Number(2, out second))
            {
                return false;
            }

            if (!Sign('.') && !Sign(','))
            {
                return true;
            }

            int digits = 0;
            for (; !_rest.IsEmpty && char.IsAsciiDigit(_rest[0]); _rest = _rest[1..], digits++)
            {
                // Finer than a microsecond is cut off, not rounded: rounding could move it into the future.
                if (digits < 6) microseconds = (microseconds * 10) + (_rest[0] - '0');
            }

            for (int i = digits; i < 6; i++) microseconds *= 10;
            return digits > 0;
        }

        public bool Zone(out int offsetMinutes)
        {
            offsetMinutes = 0;
            if (Sign('Z') || Sign('z'))
            {
                return IsAtEnd;
            }

            bool behind = Sign('-');
            if ((!behind && !Sign('+')) || !Number(2, out int hours))
            {
                return false;
            }

            int minutes = 0;
            if (!IsAtEnd)
            {
                Sign(':');
                if (!Number(2, out minutes)) return false;
            }

            offsetMinutes = (behind ? -1 : 1) * ((hours * 60) + minutes);
            return IsAtEnd && minutes < 60 && hours <= 14;
        }
    }
}
