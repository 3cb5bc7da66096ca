using System.Globalization;
using System.Text;

namespace FinObs.Benchmarks.Core;

/// <summary>Measurements as a Markdown table.</summary>
internal static class CoreTable
{
    public static string Write(IReadOnlyList<CoreMeasurement> measurements)
    {
        var text = new StringBuilder("| measure | target | median | lowest – highest | other | ratio |\n|---|---|---|---|---|---|\n");
        foreach (CoreMeasurement m in measurements)
        {
            string other = m.OtherMilliseconds is { } theirs ? $"{Time(theirs)} ({m.Other})" : "";
            string ratio = m.OtherMilliseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time / m.MedianMilliseconds:#,0.#} ×") : "";
            text.Append(CultureInfo.InvariantCulture, $"| {m.Measure} | {m.Target} | {Time(m.MedianMilliseconds)} | {Time(m.LowestMilliseconds)} – {Time(m.HighestMilliseconds)} | {other} | {ratio} |\n");
        }

        if (measurements.All(m => m.Other is null))
        {
            text.Append("\nscikit-learn is not installed here (Debian: python3-sklearn), so nothing is measured beside it.\n");
        }

        return text.ToString();
    }

    /// <summary>Three digits in the unit that fits.</summary>
    internal static string Time(double milliseconds) => milliseconds switch
    {
        >= 1 => Say(milliseconds, "ms"),
        >= 0.001 => Say(milliseconds * 1e3, "µs"),
        _ => Say(milliseconds * 1e6, "ns"),
    };

    private static string Say(double value, string unit) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " " + unit;
}
