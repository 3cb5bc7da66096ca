using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Remote;

namespace FinObs.DataPlane.Replay;

/// <summary>How far a replay may be from what was stored. On the engine that made it: not at all. On another one sums are rounded otherwise.</summary>
internal static class ReplayTolerance
{
    /// <summary>Our code on another machine or of another build, relative to max(1, |margin|); scores absolutely, they are rounded to 1e-6.</summary>
    public const double OtherEngine = 2e-6;

    /// <summary>For the margin; a server that is not ours answers in float32.</summary>
    public static double Of(EngineIdentity stored) => IsExternal(stored) ? RemoteScorer.ExternalTolerance : OtherEngine;

    public static bool IsExternal(EngineIdentity stored) => stored.Fingerprint.StartsWith(RemoteScorer.ExternalEngine, StringComparison.Ordinal);
}
