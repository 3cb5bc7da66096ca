using System.Globalization;
using System.Runtime.InteropServices;
using FinObs.Benchmarks.Core;

namespace FinObs.Benchmarks.Drift.SciPy;

/// <summary>What scipy took for the same test of the same two samples, milliseconds, medians, and the distance that it found.</summary>
/// <param name="Version">Of scipy.</param>
/// <param name="Statistic">The distance.</param>
/// <param name="Auto"><c>ks_2samp</c> as it is called without further words.</param>
/// <param name="Asymptotic">The faster of its methods.</param>
internal sealed record SciPyTimes(string Version, double Statistic, double Auto, double Asymptotic);

/// <summary>Runs <c>measure.py</c> where a Python with scipy is installed (Debian: python3-scipy).</summary>
internal static class SciPyRun
{
    public static SciPyTimes? Measure(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (PythonProgram.With("scipy") is not { } python)
        {
            return null;
        }

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. MemoryMarshal.AsBytes(first), .. MemoryMarshal.AsBytes(second)]);
            string script = Path.Combine(AppContext.BaseDirectory, "Drift", "SciPy", "measure.py");
            return python.Run(script, file) is { } output ? Parse(output) : throw new InvalidOperationException($"{script} failed under {python.Path}; run it by hand to see why.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static SciPyTimes Parse(string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var values = lines.Skip(1).Select(line => line.Split(' ')).ToDictionary(cells => cells[0], cells => double.Parse(cells[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new SciPyTimes(lines[0], values["statistic"], values["auto"], values["asymp"]);
    }
}
