using System.Globalization;

namespace FinObs.DataPlane.Pulls.Schedule;

/// <summary>How new something is, as the source says it: a time (ISO 8601), Unix seconds or milliseconds, a growing number, or text in its own order.</summary>
internal static class Watermarks
{
    private const decimal LeastSeconds = 100_000_000m;
    private const decimal LeastMilliseconds = 100_000_000_000m;
    private const decimal MostMilliseconds = 100_000_000_000_000m;

    /// <summary>The newer of the two.</summary>
    public static string? Newer(string? one, string? other) => one is null || (other is not null && Compare(one, other) < 0) ? other : one;

    /// <summary>From where on to ask: so long before it. A growing number that is no time stays as it is.</summary>
    public static string Before(string mark, TimeSpan overlap)
    {
        if (Number(mark) is { } number)
        {
            decimal back = number is >= LeastMilliseconds and < MostMilliseconds ? (decimal)overlap.TotalMilliseconds
                : number is >= LeastSeconds and < LeastMilliseconds ? (decimal)overlap.TotalSeconds
                : 0;
            return (number - back).ToString(CultureInfo.InvariantCulture);
        }

        return Time(mark) is { } time && time.UtcTicks > overlap.Ticks
            ? (time - overlap).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            : mark;
    }

    /// <summary>When it was, where it is a time.</summary>
    public static DateTimeOffset? TimeOf(string? mark)
    {
        if (mark is null)
        {
            return null;
        }

        return Number(mark) switch
        {
            { } ms and >= LeastMilliseconds and < MostMilliseconds => DateTimeOffset.FromUnixTimeMilliseconds((long)ms),
            { } seconds and >= LeastSeconds and < LeastMilliseconds => DateTimeOffset.FromUnixTimeSeconds((long)seconds),
            null => Time(mark),
            _ => null,
        };
    }

    private static int Compare(string one, string other) =>
        Number(one) is { } first && Number(other) is { } second ? first.CompareTo(second)
        : Time(one) is { } earlier && Time(other) is { } later ? earlier.CompareTo(later)
        : string.CompareOrdinal(one, other);

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static DateTimeOffset? Time(string text) =>
        text.Length >= 10 && text[4] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;
}
