namespace FinObs.Scoring.Features;

/// <summary>The four windows of a profile. A transaction of age a counts exp(-a / length): at a steady rate the decayed count is what a sliding window of that length holds.</summary>
internal static class DecayWindows
{
    public const int Hour = 0;
    public const int Day = 1;
    public const int Week = 2;
    public const int Month = 3;
    public const int Count = 4;

    private const double MicrosecondsPerHour = 3.6e9;

    /// <summary>Below this a window is empty: keeps denormal numbers out of ratios.</summary>
    public const double Nothing = 1e-6;

    /// <summary>Lengths in hours: 1 h, 24 h, 7 d, 30 d.</summary>
    public static ReadOnlySpan<double> Hours => [1, 24, 7 * 24, 30 * 24];

    /// <summary>What is left of a window's weight after some microseconds; 1 for none or a negative number.</summary>
    public static double Left(int window, long microseconds) =>
        microseconds <= 0 ? 1 : Math.Exp(-microseconds / (MicrosecondsPerHour * Hours[window]));
}
