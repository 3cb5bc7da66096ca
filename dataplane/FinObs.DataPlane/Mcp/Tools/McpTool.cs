using FinObs.DataPlane.Mcp.Calls;

namespace FinObs.DataPlane.Mcp.Tools;

/// <summary>A tool: its card, and what it does. It calls what the endpoints call.</summary>
internal abstract class McpTool
{
    public abstract ToolCard Card { get; }

    /// <summary>Called with arguments that passed <see cref="ToolCard.Input"/>, by somebody with <see cref="ToolCard.Permission"/>.</summary>
    public abstract Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken);
}
