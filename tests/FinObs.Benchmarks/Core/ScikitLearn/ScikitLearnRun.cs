using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FinObs.Benchmarks.Core.ScikitLearn;

/// <summary>What scikit-learn took for the same work on the same rows, milliseconds, medians.</summary>
internal sealed record ScikitLearnTimes(string Version, double Fit, double Score10000, double ScoreOne);

/// <summary>Runs <c>measure.py</c> where a Python with scikit-learn is installed (Debian: python3-sklearn).</summary>
internal static class ScikitLearnRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Tuning that a machine's administrator may have set for one BLAS; either without the other can be several times slower than neither.</summary>
    private static readonly string[] BlasTuning = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];
    private static readonly string[] Pythons = ["/usr/bin/python3", "python3"];
    private static readonly string[] Threads = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

    /// <summary>The times, or <see langword="null"/> where no Python here has scikit-learn.</summary>
    public static ScikitLearnTimes? Measure(ReadOnlySpan<float> rows, int features)
    {
        if (Python() is not { } python)
        {
            return null;
        }

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, MemoryMarshal.AsBytes(rows));
            string script = Path.Combine(AppContext.BaseDirectory, "Core", "ScikitLearn", "measure.py");
            return Run(python, script, file, features.ToString(CultureInfo.InvariantCulture)) is { } output
                ? Parse(output)
                : throw new InvalidOperationException($"{script} failed under {python}; run it by hand to see why.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string? Python() =>
        Pythons.FirstOrDefault(python => Run(python, "-c", "import sklearn") is not null);

    /// <summary>What a program printed, or <see langword="null"/> where it is missing, fails or takes too long.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in BlasTuning)
        {
            start.Environment.Remove(name);
        }

        foreach (string name in Threads)
        {
            start.Environment[name] = "1";
        }

        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Longest))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
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
