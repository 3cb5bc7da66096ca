using System.Runtime.CompilerServices;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>Cases as they are now, by when they were opened. Whether there is a suspicious activity report is not said.</summary>
internal sealed class CaseExport(IDatabase database) : IExportSource
{
    public string Type => "cases";

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("case"), new("id"), new("type"), new("title"), new("severity"), new("priority"), new("status"), new("source"), new("account", IsPersonal: true), new("desk"), new("trader", IsPersonal: true),
        new("detection_method"), new("root_cause"), new("assigned_to"), new("opened_at"), new("due_at"), new("escalated_at"), new("resolved_at"), new("resolved_by"), new("outcome"), new("notes", IsPersonal: true),
        new("transactions"), new("highest_score"), new("reasons"), new("leaf_id"),
    ];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        ["status"] = string.Join(", ", Enum.GetNames<CaseStatus>()),
        ["severity"] = string.Join(", ", Enum.GetNames<CaseSeverity>()),
        ["assigned_to"] = "an actor, e.g. user:…",
    };

    public string? Refuse(string filter, string value) => filter switch
    {
        "status" when !Enum.TryParse(value, ignoreCase: true, out CaseStatus _) => $"status is one of {Filters["status"]}.",
        "severity" when !Enum.TryParse(value, ignoreCase: true, out CaseSeverity _) => $"severity is one of {Filters["severity"]}.",
        _ => null,
    };

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (CaseRow row in ExportPages.ReadAsync(
            database, scope, (db, after, until) => Apply(db.Cases, scope).Where(row => row.Id > after && row.Id < until).OrderBy(row => row.Id), row => row.Id, cancellationToken))
        {
            yield return Values(row);
        }
    }

    private static IQueryable<CaseRow> Apply(IQueryable<CaseRow> rows, ExportScope scope)
    {
        rows = rows.Where(row => row.Namespace == scope.Namespace);
        if (scope.Filters.TryGetValue("status", out string? name) && Enum.TryParse(name, ignoreCase: true, out CaseStatus status)) rows = rows.Where(row => row.Status == status);
        if (scope.Filters.TryGetValue("severity", out name) && Enum.TryParse(name, ignoreCase: true, out CaseSeverity severity)) rows = rows.Where(row => row.Severity == severity);
        return scope.Filters.TryGetValue("assigned_to", out string? actor) ? rows.Where(row => row.AssignedTo == actor) : rows;
    }

    private static object?[] Values(CaseRow row) =>
    [
        row.Name, row.Id, row.Type, row.Title, row.Severity.ToString(), row.Priority, row.Status.ToString(), row.Source, row.Account, row.Desk, row.Trader, row.DetectionMethod, row.RootCause, row.AssignedTo,
        row.OpenedAt, row.DueAt, row.EscalatedAt, row.ResolvedAt, row.ResolvedBy, row.Outcome, row.Notes, row.Transactions, row.HighestScore,
        string.Join("; ", row.Reasons.Split('\n', StringSplitOptions.RemoveEmptyEntries)), row.LeafId,
    ];
}
