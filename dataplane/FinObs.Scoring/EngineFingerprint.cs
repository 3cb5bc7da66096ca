using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FinObs.Scoring;

/// <summary>Everything that may change the bits of a score, in one string: runtime, machine, vector width, numeric code and artifact.</summary>
public static class EngineFingerprint
{
    /// <summary>The fingerprint of this process for an artifact; <paramref name="engine"/> names a further engine and its version, if there is one.</summary>
    /// <remarks>The numeric code (features included) is identified by the module version id that the deterministic compiler derives from this assembly's content.</remarks>
    public static string Of(string artifactDigest, string? engine = null) =>
        $"{RuntimeInformation.FrameworkDescription}; {RuntimeInformation.RuntimeIdentifier}; {Vectors}; code {typeof(EngineFingerprint).Module.ModuleVersionId:N}; "
        + (engine is null ? "" : engine + "; ")
        + artifactDigest;

    private static string Vectors
    {
        get
        {
            string width = Vector512.IsHardwareAccelerated ? "Vector512" : Vector256.IsHardwareAccelerated ? "Vector256" : "Vector128";
            return Fma.IsSupported ? width + "+FMA" : width;
        }
    }
}
