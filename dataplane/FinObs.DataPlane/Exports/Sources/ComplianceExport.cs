using System.Runtime.CompilerServices;
using System.Text;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>The compliance log as it is now, by when entries were written.</summary>
internal sealed class ComplianceExport(IDatabase database) : IExportSource
{
    public string Type => "compliance-log";

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("id"), new("created_at"), new("created_by"), new("event_type"), new("severity"), new("description", IsPersonal: true), new("entity_type"), new("entity_id"), new("meta", IsPersonal: true), new("resolved"),
        new("resolved_at"), new("resolved_by"), new("notes", IsPersonal: true), new("leaf_id"), new("resolution_leaf_id"),
    ];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        ["event_type"] = "an entry's, e.g. case_resolved",
        ["severity"] = string.Join(", ", Enum.GetNames<CaseSeverity>()),
        ["resolved"] = "true or false",
    };

    public string? Refuse(string filter, string value) => filter switch
    {
        "severity" when !Enum.TryParse(value, ignoreCase: true, out CaseSeverity _) => $"severity is one of {Filters["severity"]}.",
        "resolved" when value is not ("true" or "false") => "resolved is true or false.",
        _ => null,
    };

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ComplianceEntryRow row in ExportPages.ReadAsync(
            database, scope, (db, after, until) => Apply(db.ComplianceLog, scope).Where(row => row.Id > after && row.Id < until).OrderBy(row => row.Id), row => row.Id, cancellationToken))
        {
            yield return Values(row);
        }
    }

    private static IQueryable<ComplianceEntryRow> Apply(IQueryable<ComplianceEntryRow> rows, ExportScope scope)
    {
        rows = rows.Where(row => row.Namespace == scope.Namespace);
        if (scope.Filters.TryGetValue("event_type", out string? type)) rows = rows.Where(row => row.EventType == type);
        if (scope.Filters.TryGetValue("severity", out string? name) && Enum.TryParse(name, ignoreCase: true, out CaseSeverity severity)) rows = rows.Where(row => row.Severity == severity);
        return scope.Filters.TryGetValue("resolved", out string? flag) && (flag == "true") is var resolved ? rows.Where(row => row.Resolved == resolved) : rows;
    }

    private static object?[] Values(ComplianceEntryRow row) =>
    [
        row.Id, row.CreatedAt, row.CreatedBy, row.EventType, row.Severity.ToString(), row.Description, row.EntityType, row.EntityId, row.Meta is null ? null : Encoding.UTF8.GetString(row.Meta), row.Resolved,
        row.ResolvedAt, row.ResolvedBy, row.Notes, row.LeafId, row.ResolutionLeafId,
    ];
}
