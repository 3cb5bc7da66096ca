using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>How scoring outside this process goes.</summary>
internal static class RemoteMetrics
{
    public const string CallsName = "finobs.scoring.remote.calls";
    public const string DurationName = "finobs.scoring.remote.duration";
    public const string EjectionsName = "finobs.scoring.remote.ejections";
    public const string FallbacksName = "finobs.scoring.remote.fallbacks";

    private static readonly Counter<long> Calls = FinObsTelemetry.Meter.CreateCounter<long>(CallsName, "{call}", "Calls to scoring pods by outcome.");

    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "One call to one pod.");

    private static readonly Counter<long> Ejections = FinObsTelemetry.Meter.CreateCounter<long>(EjectionsName, "{ejection}", "Pods left alone after a failure.");

    private static readonly Counter<long> Fallbacks = FinObsTelemetry.Meter.CreateCounter<long>(
        FallbacksName, "{chunk}", "Chunks that no pod scored, by what scored them: this process, an earlier version, or nothing.");

    public static void Called(InferenceReply reply, TimeSpan took)
    {
        TagList tags = new() { { "finobs.outcome", reply.GetType().Name } };
        Calls.Add(1, tags);
        Duration.Record(took.TotalSeconds, tags);
    }

    public static void Ejected() => Ejections.Add(1);

    public static void FellBack(string to) => Fallbacks.Add(1, new KeyValuePair<string, object?>("finobs.engine", to));
}
