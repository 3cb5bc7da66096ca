using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary><c>search_audit</c>: acts by what their leaves say. Payloads are not in it.</summary>
internal sealed class SearchAuditTool(AuditSearch search, DecisionStories stories) : McpTool
{
    private const int Default = 25;
    private const int Most = 100;

    public override ToolCard Card { get; } = new()
    {
        Name = "search_audit",
        Title = "Search the audit log",
        Description = "Finds who did what and when, newest first: by kind (case.*, decision.overridden, mcp.called), actor, tag of a rule (SEC 17a-4) and time. With about it tells the whole story of one decision, case, "
            + "request, user or resource, oldest first. When next is not null, call again with it as before.",
        Permission = Permissions.AuditRead,
        Input = new ToolInput(
            ToolField.Id("about", "The story of this thing only; other filters do not count then."),
            ToolField.Text("kind", "A kind, or its beginning with a star.", 100, "^[a-z_.]+[*]?$"),
            ToolField.Text("actor", "Exactly, e.g. user:ID, key:ID, system:pipeline."),
            ToolField.Text("tag", "A rule that asks for the record.", 100),
            ToolField.Instant("from", "Since then."),
            ToolField.Instant("to", "Before then."),
            ToolField.Id("before", "The next of the page before."),
            ToolField.Whole("limit", "At most so many.", 1, Most, Default),
            ToolField.Namespace()),
        Output = typeof(AuditFound),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        int limit = call.Whole("limit") ?? Default;
        (DateTimeOffset? from, DateTimeOffset? to) = (call.Instant("from"), call.Instant("to"));
        if (from >= to)
        {
            return new ToolAnswer.Refused("from must be before to.");
        }

        if (call.Id("about") is { } about)
        {
            IReadOnlyList<AuditActAnswer> story = (await stories.ReadAsync(about, withPayload: false, cancellationToken)).Items;
            return new ToolAnswer.Done(new AuditFound([.. story.Take(limit).Select(EvidenceAct.Of)], Math.Max(0, story.Count - limit), null));
        }

        AuditActs page = await search.FindAsync(
            new AuditSearchQuery(call.Namespace, call.Text("kind"), call.Text("actor"), call.Text("tag"), from, to, call.Id("before"), limit), withPayload: false, cancellationToken);
        return new ToolAnswer.Done(new AuditFound([.. page.Items.Select(EvidenceAct.Of)], 0, page.Next));
    }
}

/// <summary>Acts.</summary>
/// <param name="Items">Newest first; of a story, oldest first.</param>
/// <param name="Omitted">Acts of the story beyond the limit.</param>
/// <param name="Next">Pass it as before; null where there is nothing older.</param>
internal sealed record AuditFound(IReadOnlyList<EvidenceAct> Items, int Omitted, Guid? Next);
