namespace FinObs.Scoring.Features;

/// <summary>The four windows of a profile: 1 h, 24 h, 7 d, 30 d. A transaction of age a counts exp(-a / length): at a steady rate the decayed count is what a sliding window of that length holds.</summary>
internal static class DecayWindows
{
    public const int Hour = 0;
    public const int Day = 1;
    public const int Week = 2;
    public const int Month = 3;
    public const int Count = 4;

    /// <summary>Below this a window is empty: keeps denormal numbers out of ratios.</summary>
    public const double Nothing = 1e-6;

    private const double MicrosecondsPerWeek = 7 * 8.64e10;
    private const double MicrosecondsPerMonth = 30 * 8.64e10;

    /// <summary>What is left of a week's weight after some microseconds; 1 for none or a negative number. No feature reads it, so it is not part of <see cref="After"/>.</summary>
    public static double WeekAfter(long microseconds) => microseconds <= 0 ? 1 : Math.Exp(-microseconds / MicrosecondsPerWeek);

    /// <summary>What is left of the other windows' weight after some microseconds; 1 for none or a negative number.</summary>
    public static Decay After(long microseconds)
    {
        if (microseconds <= 0)
        {
            return new Decay(1, 1, 1);
        }

        // A month is 30 days, a day 24 hours: powers by squaring are several times cheaper than exponentials.
        double month = Math.Exp(-microseconds / MicrosecondsPerMonth);
        double month2 = month * month, month4 = month2 * month2, month8 = month4 * month4;
        double day = month8 * month8 * month8 * month4 * month2;
        double day2 = day * day, day4 = day2 * day2, day8 = day4 * day4;
        return new Decay(day8 * day8 * day8, day, month);
    }
}

/// <summary>Factors per window, each in 0..1.</summary>
internal readonly record struct Decay(double Hour, double Day, double Month);
