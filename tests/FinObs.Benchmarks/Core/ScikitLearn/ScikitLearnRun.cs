using System.Globalization;
using System.Runtime.InteropServices;

namespace FinObs.Benchmarks.Core.ScikitLearn;

/// <summary>What scikit-learn took for the same work on the same rows, milliseconds, medians.</summary>
internal sealed record ScikitLearnTimes(string Version, double Fit, double Score10000, double ScoreOne);

/// <summary>Runs <c>measure.py</c> where a Python with scikit-learn is installed (Debian: python3-sklearn).</summary>
internal static class ScikitLearnRun
{
    /// <summary>The times, or <see langword="null"/> where no Python here has scikit-learn.</summary>
    public static ScikitLearnTimes? Measure(ReadOnlySpan<float> rows, int features)
    {
        if (PythonProgram.With("sklearn") is not { } python)
        {
            return null;
        }

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, MemoryMarshal.AsBytes(rows));
            string script = Path.Combine(AppContext.BaseDirectory, "Core", "ScikitLearn", "measure.py");
            return python.Run(script, file, features.ToString(CultureInfo.InvariantCulture)) is { } output
                ? Parse(output)
                : throw new InvalidOperationException($"{script} failed under {python.Path}; run it by hand to see why.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ScikitLearnTimes Parse(string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var medians = lines.Skip(1).Select(line => line.Split(' ')).ToDictionary(
            cells => cells[0], cells => double.Parse(cells[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new ScikitLearnTimes(lines[0], medians["fit"], medians["score_10000"], medians["score_1"]);
    }
}
