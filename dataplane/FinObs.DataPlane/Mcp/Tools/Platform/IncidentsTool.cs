using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Mcp.Tools.Platform;

/// <summary><c>list_incidents</c>: cases, under the name that clients know.</summary>
internal sealed class IncidentsTool(IDatabase database, TimeProvider time) : McpTool
{
    private const int Default = 20;
    private const int Most = 50;

    public override ToolCard Card { get; } = new()
    {
        Name = "list_incidents",
        Title = "List cases",
        Description = "Lists cases (incidents), newest first: suspicious transactions, drift, failing deliveries. Filter by status and severity. Use it to find what is open; get_case shows one whole. When next is not "
            + "null, call again with it as cursor for the page after.",
        Permission = Permissions.CaseRead,
        Input = new ToolInput(
            ToolField.OneOf("status", "Only of this status.", Enum.GetNames<CaseStatus>().Select(Lower)),
            ToolField.OneOf("severity", "Only of this severity.", Enum.GetNames<CaseSeverity>().Select(Lower)),
            ToolField.Whole("limit", "At most so many.", 1, Most, Default),
            ToolField.Text("cursor", "The next of the page before.", 32, "^[0-9a-f]{32}$"),
            ToolField.Namespace()),
        Output = typeof(IncidentPage),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        CaseQuery query = new()
        {
            Namespace = call.Namespace,
            Status = call.Text("status"),
            Severity = call.Text("severity"),
            Cursor = call.Text("cursor"),
            Limit = $"{call.Whole("limit") ?? Default}",
        };
        (CaseFilter? filter, string? problem) = query.Check();
        if (filter is null)
        {
            return new ToolAnswer.Refused(problem!);
        }

        await using FinObsDbContext db = database.CreateContext();
        List<CaseRow> rows = await filter.Apply(db, time.GetUtcNow()).ToListAsync(cancellationToken);
        return new ToolAnswer.Done(new IncidentPage(rows.Count, [.. rows.Select(Incident.Of)], rows.Count == filter.Limit ? rows[^1].Id.ToString("N") : null));
    }

    internal static string Lower(string name) => name.ToLowerInvariant();
}

/// <summary>A page of cases, newest first.</summary>
internal sealed record IncidentPage(int Count, IReadOnlyList<Incident> Incidents, string? Next);

/// <summary>A case in short.</summary>
internal sealed record Incident(Guid Id, string Number, string Title, string? Description, string Status, string Severity, string Type, DateTimeOffset CreatedAt, DateTimeOffset DueAt, int Transactions)
{
    public static Incident Of(CaseRow row) => new(
        row.Id, row.Name, row.Title, row.Description, IncidentsTool.Lower(row.Status.ToString()), IncidentsTool.Lower(row.Severity.ToString()), row.Type, row.OpenedAt, row.DueAt, row.Transactions);
}
