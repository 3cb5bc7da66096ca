using System.Globalization;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary><c>get_case</c>.</summary>
internal sealed class GetCaseTool(IDatabase database, CaseTimelines timelines, TimeProvider time) : McpTool
{
    private const int MostTimeline = 50;
    private const string Prefix = "CASE-";

    public override ToolCard Card { get; } = new()
    {
        Name = "get_case",
        Title = "One case",
        Description = "Shows a case with its clock, who works on it, its reasons and its story: what was done, the decisions that it groups, the approvals about it. Use it before you judge or propose anything; the account "
            + "is a token. list_incidents finds cases, get_transaction shows each ref of kind decision.made.",
        Permission = Permissions.CaseRead,
        Input = new ToolInput(ToolField.Text("id", "The case's id, or its number such as CASE-000123.", 40).Required(), ToolField.Namespace()),
        Output = typeof(CaseWithStory),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        (string text, string from) = (call.Text("id")!, call.Namespace);
        await using FinObsDbContext db = database.CreateContext();
        CaseRow? row = Guid.TryParse(text, out Guid id) ? await db.Cases.FirstOrDefaultAsync(one => one.Id == id, cancellationToken)
            : text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && long.TryParse(text[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? await db.Cases.FirstOrDefaultAsync(one => one.Namespace == from && one.Number == number, cancellationToken)
                : null;
        if (row is null || await timelines.ReadAsync(row.Id, 0, MostTimeline, cancellationToken) is not { } timeline)
        {
            return new ToolAnswer.Refused("There is no such case: list_incidents has those there are.");
        }

        return new ToolAnswer.Done(new CaseWithStory(CaseAnswer.Of(row, time.GetUtcNow(), personal: true), timeline.Items, timeline.Next is not null));
    }
}

/// <summary>A case and its story, oldest first.</summary>
/// <param name="Case">As it is now.</param>
/// <param name="Timeline">The first fifty things.</param>
/// <param name="HasMore">There are more.</param>
internal sealed record CaseWithStory(CaseAnswer Case, IReadOnlyList<TimelineItem> Timeline, bool HasMore);
