using FinObs.DataPlane.Mcp.Schemas;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Mcp.Tools;

/// <summary>What clients are told of a tool.</summary>
internal sealed class ToolCard
{
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public required string Title { get; init; }

    /// <summary>For models: what it does, when to use it, and when another is better.</summary>
    public required string Description { get; init; }

    /// <summary>Of <see cref="Access.Permissions"/>; who lacks it does not see the tool.</summary>
    public required string Permission { get; init; }

    /// <summary>It writes something; such tools are not at <c>/mcp/readonly</c>.</summary>
    public bool Writes { get; init; }

    /// <summary>Calling it twice is like calling it once.</summary>
    public bool IsIdempotent { get; init; } = true;

    public required ToolInput Input { get; init; }

    /// <summary>The record of its answer.</summary>
    public required Type Output { get; init; }

    /// <summary>As the protocol has it. No tool destroys anything, and none reaches beyond this system.</summary>
    public Tool Protocol => field ??= new Tool
    {
        Name = Name,
        Title = Title,
        Description = Description,
        InputSchema = Input.Schema,
        OutputSchema = ToolOutput.SchemaOf(Output),
        Annotations = new ToolAnnotations { Title = Title, ReadOnlyHint = !Writes, DestructiveHint = false, IdempotentHint = IsIdempotent, OpenWorldHint = false },
    };
}
