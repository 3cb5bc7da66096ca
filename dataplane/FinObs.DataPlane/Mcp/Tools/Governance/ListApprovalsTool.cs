using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Mcp.Tools.Governance;

/// <summary><c>list_approvals</c>.</summary>
internal sealed class ListApprovalsTool(IDatabase database) : McpTool
{
    private const int Default = 20;
    private const int Most = 50;

    public override ToolCard Card { get; } = new()
    {
        Name = "list_approvals",
        Title = "List requests for approval",
        Description = "Lists what people were asked to agree to, newest first: what, why, by whom, which roles are waited for and what came of it. Use it to see whether a proposal was decided, or with about what is pending "
            + "about a case or decision. Decisions are made by people, not here. When next is not null, call again with it as cursor.",
        Permission = Permissions.ApprovalRead,
        Input = new ToolInput(
            ToolField.OneOf("status", "Only of this status.", Enum.GetNames<ApprovalStatus>()),
            ToolField.Text("action", "Only of this action, e.g. decision.override.", 100),
            ToolField.Id("about", "Only about this case or decision."),
            ToolField.Whole("limit", "At most so many.", 1, Most, Default),
            ToolField.Text("cursor", "The next of the page before.", 32, "^[0-9a-f]{32}$"),
            ToolField.Namespace()),
        Output = typeof(ApprovalPage),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        ApprovalQuery query = new(call.Namespace, call.Text("status"), call.Text("action"), call.Text("about"), Mine: null, Simulation: null, call.Text("cursor"), $"{call.Whole("limit") ?? Default}");
        if (query.Problem() is { } problem)
        {
            return new ToolAnswer.Refused(problem);
        }

        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalRequestRow> rows = await query.Apply(db, Voter.Of(call.Http)).ToListAsync(cancellationToken);
        return new ToolAnswer.Done(new ApprovalPage([.. rows.Select(ApprovalSummary.Of)], rows.Count == query.Size ? rows[^1].Id.ToString("N") : null));
    }
}
