using System.Globalization;
using System.Runtime.InteropServices;

namespace FinObs.Benchmarks.Report;

/// <summary>What a figure was measured on.</summary>
internal static class Machine
{
    /// <summary>E.g. <c>AMD EPYC 7763, 2 processors, 24 GB; Debian GNU/Linux 12, .NET 10.0.1; load average 0.5 when it ended; 2026-01-02</c>.</summary>
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} processors, {Memory:0} GB; {OperatingSystem}, {RuntimeInformation.FrameworkDescription}; " +
        $"load average {LoadAverage} at the end; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.";

    private static string Processor => FieldOf("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(2, 30);

    private static string OperatingSystem =>
        File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release").First(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)).Split('=')[1].Trim('"')
            : RuntimeInformation.OSDescription;

    private static string LoadAverage => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : double.NaN.ToString(CultureInfo.InvariantCulture);

    private static string? FieldOf(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;
}
