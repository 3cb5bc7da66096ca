namespace FinObs.Scoring.Features;

/// <summary>The hour of the day in a zone.</summary>
internal static class LocalHour
{
    /// <summary>Hours of a day.</summary>
    public const int Hours = 24;

    /// <summary>Three-hour bins of a day.</summary>
    public const int Bins = 8;

    /// <summary>Hours since local midnight, 0 inclusive to 24 exclusive. Around a clock change it is what the wall clock showed.</summary>
    public static double Of(DateTimeOffset instant, TimeZoneInfo zone)
    {
        long local = instant.UtcTicks + (ReferenceEquals(zone, TimeZoneInfo.Utc) ? 0 : zone.GetUtcOffset(instant.UtcDateTime).Ticks);
        long ofDay = local % TimeSpan.TicksPerDay;
        return (ofDay < 0 ? ofDay + TimeSpan.TicksPerDay : ofDay) / (double)TimeSpan.TicksPerHour;
    }

    /// <summary>The bin of an hour.</summary>
    public static int Bin(double hour) => Math.Clamp((int)(hour / 3), 0, Bins - 1);
}
