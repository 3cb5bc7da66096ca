using System.Diagnostics;

namespace FinObs.Benchmarks.Core;

/// <summary>A Python that has a library which measures beside us, each on one thread.</summary>
internal sealed class PythonProgram
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Tuning that a machine's administrator may have set for one BLAS; either without the other can be several times slower than neither.</summary>
    private static readonly string[] BlasTuning = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];
    private static readonly string[] Pythons = ["/usr/bin/python3", "python3"];
    private static readonly string[] Threads = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

    private PythonProgram(string path) => Path = path;

    public string Path { get; }

    /// <summary>The first that can import it, or <see langword="null"/>.</summary>
    public static PythonProgram? With(string library) =>
        Pythons.Select(path => new PythonProgram(path)).FirstOrDefault(python => python.Run("-c", $"import {library}") is not null);

    /// <summary>What it printed, or <see langword="null"/> where it is missing, fails or takes too long.</summary>
    public string? Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
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
}
