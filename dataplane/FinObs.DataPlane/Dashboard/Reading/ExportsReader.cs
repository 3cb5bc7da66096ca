using FinObs.DataPlane.Exports;
using FinObs.DataPlane.Exports.Api;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Pii;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the exports page shows.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="Next">Where the page after begins; null = there is none.</param>
/// <param name="Types">What can be exported.</param>
/// <param name="Schedules">What is exported by the clock, in words.</param>
/// <param name="KeepDays">How long a file is kept.</param>
internal sealed record ExportsModel(IReadOnlyList<ExportLine> Items, Guid? Next, IReadOnlyList<ExportTypeLine> Types, IReadOnlyList<string> Schedules, int KeepDays)
{
    /// <summary>One is being made: it is worth looking again.</summary>
    public bool IsUnderWay => Items.Any(one => one.Status is nameof(ExportStatus.Pending) or nameof(ExportStatus.Running));
}

/// <summary>An export.</summary>
internal sealed record ExportLine(
    Guid Id, string Type, string Format, bool Personal, string Status, DateTimeOffset? From, DateTimeOffset? To, string Filters, string By, DateTimeOffset At, string? Reason, Guid? ApprovalId, long? Rows, long? Bytes,
    string? Sha256, string? Failure, DateTimeOffset? ExpiresAt, bool HasManifest);

/// <summary>A kind of rows that can be exported.</summary>
internal sealed record ExportTypeLine(string Type, int Columns, int Personal, IReadOnlyDictionary<string, string> Filters);

/// <summary>Reads exports for people.</summary>
internal sealed class ExportsReader(ExportStore store, IServiceScopeFactory scopes, IOptions<ExportOptions> options, PiiGuard guard)
{
    private const int PageSize = 50;

    public async Task<ExportsModel?> ReadAsync(string @namespace, Guid? before, CancellationToken cancellationToken)
    {
        List<ExportRow> rows = await store.ListAsync(@namespace, type: null, status: null, before, PageSize, cancellationToken);
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        ExportSources sources = scope.ServiceProvider.GetRequiredService<ExportSources>();
        return new ExportsModel(
            [.. rows.Select(LineOf)], rows.Count == PageSize ? rows[^1].Id : null,
            [.. sources.All.Select(source => new ExportTypeLine(source.Type, source.Columns.Count, source.Columns.Count(column => column.IsPersonal), source.Filters))],
            [.. options.Value.Schedules.Where(schedule => schedule.Namespace == @namespace).Select(schedule => $"{schedule.Name}: {schedule.Type} as {schedule.Format}, {schedule.Cron} ({schedule.TimeZone})")],
            options.Value.KeepDays);
    }

    private ExportLine LineOf(ExportRow row)
    {
        ExportAnswer answer = ExportAnswer.Of(row);
        return new ExportLine(
            row.Id, row.Type, row.Format, row.Personal, answer.Status, TimeOf(answer, "from"), TimeOf(answer, "to"), FiltersOf(answer), row.RequestedBy, row.RequestedAt, row.Reason is { } reason ? guard.Clean(reason) : null,
            row.ApprovalId, row.Rows, row.Bytes, row.Sha256, row.Failure, answer.ExpiresAt, row.Manifest is not null);
    }

    private static DateTimeOffset? TimeOf(ExportAnswer answer, string name) =>
        answer.Scope.TryGetProperty(name, out System.Text.Json.JsonElement value) && value.ValueKind == System.Text.Json.JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset at) ? at : null;

    private string FiltersOf(ExportAnswer answer) => answer.Scope.TryGetProperty("filters", out System.Text.Json.JsonElement filters) && filters.ValueKind == System.Text.Json.JsonValueKind.Object
        ? string.Join(", ", filters.EnumerateObject().Select(filter => $"{filter.Name} = {guard.Clean(filter.Value.ToString())}"))
        : "";
}
