using System.Globalization;
using System.Text;

namespace FinObs.Benchmarks.Core;

/// <summary>Measurements as a Markdown table.</summary>
internal static class CoreTable
{
    private static readonly (string Library, string Package)[] Others = [("scikit-learn", "python3-sklearn"), ("scipy", "python3-scipy")];

    public static string Write(IReadOnlyList<CoreMeasurement> measurements)
    {
        var text = new StringBuilder("| measure | target | median | lowest – highest | other | ratio |\n|---|---|---|---|---|---|\n");
        foreach (CoreMeasurement m in measurements)
        {
            string other = m.OtherMilliseconds is { } theirs ? $"{Time(theirs)} ({m.Other})" : "";
            string ratio = m.OtherMilliseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time / m.MedianMilliseconds:#,0.#} ×") : "";
            text.Append(CultureInfo.InvariantCulture, $"| {m.Measure} | {m.Target} | {Time(m.MedianMilliseconds)} | {Time(m.LowestMilliseconds)} – {Time(m.HighestMilliseconds)} | {other} | {ratio} |\n");
        }

        foreach ((string library, string package) in Others)
        {
            if (!measurements.Any(m => m.Other?.StartsWith(library, StringComparison.Ordinal) is true))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{library} is not installed here (Debian: {package}), so nothing is measured beside it.\n");
            }
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
