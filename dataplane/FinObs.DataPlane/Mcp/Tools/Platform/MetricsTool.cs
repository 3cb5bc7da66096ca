using FinObs.DataPlane.Access;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Platform;

/// <summary><c>get_compliance_metrics</c>.</summary>
internal sealed class MetricsTool(ComplianceMetrics metrics) : McpTool
{
    public const int DefaultHours = 720;
    private const int MostHours = 8_784;

    public override ToolCard Card { get; } = new()
    {
        Name = "get_compliance_metrics",
        Title = "Decision figures",
        Description = "Counts and rates of decisions over the last hours (30 days unless said), how sure they were, and the model that decides now. Use it for a report or to see whether the alert rate is unusual.",
        Permission = Permissions.SystemMetricsRead,
        Input = new ToolInput(ToolField.Whole("hours", "How far back.", 1, MostHours, DefaultHours), ToolField.Namespace()),
        Output = typeof(ComplianceMetricsAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken) =>
        new ToolAnswer.Done(await metrics.ReadAsync(call.Namespace, TimeSpan.FromHours(call.Whole("hours") ?? DefaultHours), cancellationToken));
}
