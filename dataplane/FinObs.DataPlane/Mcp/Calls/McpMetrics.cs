using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>Calls of tools, by tool and outcome.</summary>
internal static class McpMetrics
{
    public const string CallsName = "finobs.mcp.calls";
    public const string DurationName = "finobs.mcp.call.duration";
    private static readonly Counter<long> Calls = FinObsTelemetry.Meter.CreateCounter<long>(CallsName, "{call}", "Calls of MCP tools and resources, by tool and outcome.");
    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "How long a call took, with its leaf, by tool.");

    public static void Called(string tool, string outcome, TimeSpan took)
    {
        Calls.Add(1, new TagList { { "mcp.tool", tool }, { "finobs.outcome", outcome } });
        Duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("mcp.tool", tool));
    }
}
