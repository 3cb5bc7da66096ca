using System.Globalization;

namespace FinObs.Load.Report;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    public static string Time(TimeSpan time) => time.TotalMilliseconds switch
    {
        >= 10_000 => Say(time.TotalSeconds, "0.0 s"),
        >= 100 => Say(time.TotalMilliseconds, "0 ms"),
        >= 1 => Say(time.TotalMilliseconds, "0.0 ms"),
        _ => Say(time.TotalMilliseconds, "0.00 ms"),
    };

    public static string Percent(double share) => Say(share * 100, share is > 0 and < 0.001 ? "0.000 \\%" : "0.0 \\%");

    public static string Rate(double perSecond) => Say(perSecond, perSecond >= 100 ? "#,0/\\s" : "0.0/\\s");

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Say(double value, string format)
    {
        string[] parts = format.Split(' ');
        return value.ToString(parts[0], CultureInfo.InvariantCulture) + (parts.Length > 1 ? " " + parts[1].Replace("\\", "", StringComparison.Ordinal) : "");
    }
}
