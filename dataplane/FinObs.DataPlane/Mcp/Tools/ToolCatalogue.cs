using System.Collections.Frozen;
using System.Security.Claims;
using FinObs.DataPlane.Access;

namespace FinObs.DataPlane.Mcp.Tools;

/// <summary>The tools there are, by name; which of them a caller sees depends on what they may, and on the door.</summary>
internal sealed class ToolCatalogue(IEnumerable<McpTool> tools)
{
    private readonly FrozenDictionary<string, McpTool> _byName = tools.ToFrozenDictionary(tool => tool.Card.Name, StringComparer.Ordinal);
    private readonly McpTool[] _all = [.. tools];

    public McpTool? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>In the order of their registration, which is that of their use.</summary>
    public IEnumerable<McpTool> For(ClaimsPrincipal caller, bool readOnly) => _all.Where(tool => IsOpen(tool, caller, readOnly));

    public static bool IsOpen(McpTool tool, ClaimsPrincipal caller, bool readOnly) => !(readOnly && tool.Card.Writes) && Caller.Has(caller, tool.Card.Permission);
}
