using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FinObs.Scoring.Artifacts;

/// <summary>
/// ONNX Runtime's environment, which reports nothing to anybody: by itself the runtime sends telemetry to its maker, and which models a bank runs is the bank's own
/// affair. Everything that uses ONNX Runtime begins here.
/// </summary>
internal static partial class OnnxEnvironment
{
    /// <summary>The one of this process; telemetry is off before it is made.</summary>
    public static OrtEnv Instance { get; } = Make();

    private static OrtEnv Make()
    {
        // The runtime asks the C library, which does not see what .NET sets.
        if (!OperatingSystem.IsWindows()) _ = SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);
        OrtEnv environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        return environment;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
