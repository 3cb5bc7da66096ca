using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Local;

/// <summary>Starts FinObs.Retraining as a child process. It gets files and no credentials: it can neither reach the database nor the API.</summary>
internal sealed class RetrainingTool(IOptions<RetrainingOptions> options)
{
    private const string Name = "FinObs.Retraining";

    /// <summary>How to start it; null where it is not there.</summary>
    public ProcessStartInfo? Find()
    {
        string tool = options.Value.Tool ?? Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");
        if (!File.Exists(tool)) return null;
        bool isLibrary = Path.GetExtension(tool).Equals(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isLibrary ? Muxer() : tool) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        if (isLibrary) start.ArgumentList.Add(tool);

        // It trains: it needs none of what this host was told.
        foreach (string name in start.Environment.Keys.Where(IsOurs).ToList()) start.Environment.Remove(name);
        return start;
    }

    /// <summary>Configuration may hold secrets; what the runtime needs begins with DOTNET_.</summary>
    private static bool IsOurs(string name) => name.Contains("__", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The dotnet that runs this process, wherever it is installed; else the one of the path.</summary>
    private static string Muxer()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }
}
