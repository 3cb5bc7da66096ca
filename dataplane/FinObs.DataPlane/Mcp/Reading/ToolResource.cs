using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Tools;

namespace FinObs.DataPlane.Mcp.Reading;

/// <summary>What a tool answers, at an address: the names in braces are its arguments.</summary>
internal sealed class ToolResource(string address, string name, string title, string description, McpTool tool) : McpResource
{
    public override string Address => address;

    public override string Name => name;

    public override string Title => title;

    public override string Description => description;

    public override string Permission => tool.Card.Permission;

    public override Task<ToolAnswer> ReadAsync(ToolCall call, CancellationToken cancellationToken) =>
        tool.Card.Input.Problem(call.Arguments) is { } problem ? Task.FromResult<ToolAnswer>(new ToolAnswer.Refused(problem)) : tool.CallAsync(call, cancellationToken);
}
