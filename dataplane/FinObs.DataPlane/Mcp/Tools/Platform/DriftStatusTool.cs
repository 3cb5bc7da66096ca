using FinObs.DataPlane.Access;
using FinObs.DataPlane.Drift.Api;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Platform;

/// <summary><c>get_drift_status</c>.</summary>
internal sealed class DriftStatusTool(AgentDriftStatuses statuses) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "get_drift_status",
        Title = "Drift of the deciding model",
        Description = "How the deciding model is watched for drift: transactions in the current window, thresholds, and the last five checks with each feature's population stability index and Kolmogorov-Smirnov test. "
            + "Use it when asked whether the model still sees what it was trained on.",
        Permission = Permissions.ModelRead,
        Input = new ToolInput(ToolField.Namespace()),
        Output = typeof(AgentDriftStatus),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken) => new ToolAnswer.Done(await statuses.ReadAsync(call.Namespace, cancellationToken));
}
