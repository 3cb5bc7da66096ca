using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Replay;

/// <summary>How the nightly samples go.</summary>
internal static class ReplayMetrics
{
    public const string CheckedName = "finobs.replay.checked";
    public const string MismatchedName = "finobs.replay.mismatched";

    private static readonly Counter<long> Checked = FinObsTelemetry.Meter.CreateCounter<long>(CheckedName, "{decision}", "Stored decisions that a nightly sample scored again, by model version.");

    private static readonly Counter<long> Mismatched = FinObsTelemetry.Meter.CreateCounter<long>(
        MismatchedName, "{decision}", "Those of them whose stored score is not what their version computes, or that could not be scored again though they should, by model version.");

    public static void Found(string modelVersion, long replayed, long wrong)
    {
        KeyValuePair<string, object?> version = new("finobs.model_version", modelVersion);
        Checked.Add(replayed, version);
        Mismatched.Add(wrong, version);
    }
}
