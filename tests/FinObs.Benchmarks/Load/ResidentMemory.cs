using System.Globalization;

namespace FinObs.Benchmarks.Load;

/// <summary>Resident memory of a process in MB (of 2^20 bytes), from <c>/proc</c>.</summary>
internal static class ResidentMemory
{
    private const double KilobytesPerMegabyte = 1024;

    /// <summary>Now; 0 when it is gone.</summary>
    public static double Of(int process) => Field(process, "VmRSS:");

    /// <summary>The most since its start; 0 when it is gone.</summary>
    public static double PeakOf(int process) => Field(process, "VmHWM:");

    private static double Field(int process, string name)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) / KilobytesPerMegabyte;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
