using System.Globalization;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>A page of the compliance log.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="Next">Where the page after begins; null = there is none.</param>
/// <param name="Open">Entries that nobody has resolved.</param>
/// <param name="Grave">Of those, high or critical.</param>
/// <param name="Resolved">Entries that somebody has.</param>
/// <param name="MeanToResolve">Of the newest 10,000 resolved; null = there are none.</param>
internal sealed record ComplianceModel(IReadOnlyList<ComplianceLine> Items, string? Next, int Open, int Grave, int Resolved, TimeSpan? MeanToResolve);

/// <summary>An entry.</summary>
internal sealed record ComplianceLine(
    Guid Id, string EventType, CaseSeverity Severity, string Description, string? EntityType, string? EntityId, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ResolvedAt, string? ResolvedBy, string? Notes,
    Guid LeafId, Guid? ResolutionLeafId);

/// <summary>One entry with what else was written to it.</summary>
/// <param name="It">Itself.</param>
/// <param name="Meta">More, in JSON; null = nothing, or not for whoever looks.</param>
internal sealed record ComplianceEntryModel(ComplianceLine It, string? Meta);

/// <summary>Reads the compliance log for people. What was written is free text: whoever may not read personal data sees it without values of a known form.</summary>
internal sealed class ComplianceReader(IDatabase database, ComplianceLog log, PiiGuard guard)
{
    private const int PageSize = 50;
    private const int MostTimes = 10_000;

    public async Task<ComplianceModel?> ReadAsync(string @namespace, string view, string? severity, string? cursor, Viewer who, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<ComplianceEntryRow> all = db.ComplianceLog.Where(row => row.Namespace == @namespace);
        IQueryable<ComplianceEntryRow> wanted = view switch
        {
            "open" => all.Where(row => !row.Resolved),
            "resolved" => all.Where(row => row.Resolved),
            _ => all,
        };
        if (CaseActs.Named<CaseSeverity>(severity) is { } grave) wanted = wanted.Where(row => row.Severity == grave);
        if (Guid.TryParseExact(cursor, "N", out Guid before)) wanted = wanted.Where(row => row.Id < before);
        List<ComplianceEntryRow> rows = await wanted.OrderByDescending(row => row.Id).Take(PageSize).ToListAsync(cancellationToken);
        var counts = await all.GroupBy(row => new { row.Severity, row.Resolved }).Select(group => new { group.Key.Severity, group.Key.Resolved, Count = group.Count() }).ToListAsync(cancellationToken);
        var times = await all.Where(row => row.Resolved).OrderByDescending(row => row.Id).Take(MostTimes).Select(row => new { row.CreatedAt, row.ResolvedAt }).ToListAsync(cancellationToken);
        return new ComplianceModel(
            [.. rows.Select(row => LineOf(row, who))], rows.Count == PageSize ? rows[^1].Id.ToString("N", CultureInfo.InvariantCulture) : null, counts.Where(one => !one.Resolved).Sum(one => one.Count),
            counts.Where(one => !one.Resolved && one.Severity is (CaseSeverity.High or CaseSeverity.Critical)).Sum(one => one.Count), counts.Where(one => one.Resolved).Sum(one => one.Count),
            times.Count == 0 ? null : TimeSpan.FromSeconds(times.Average(one => (one.ResolvedAt!.Value - one.CreatedAt).TotalSeconds)));
    }

    public async Task<ComplianceEntryModel?> ReadAsync(Guid id, Viewer who, CancellationToken cancellationToken) =>
        await log.FindAsync(id, cancellationToken) is { } row
            ? new ComplianceEntryModel(LineOf(row, who), row.Meta is { } meta && who.May(Permissions.PersonalDataRead) ? System.Text.Encoding.UTF8.GetString(meta) : null)
            : null;

    private ComplianceLine LineOf(ComplianceEntryRow row, Viewer who)
    {
        bool personal = who.May(Permissions.PersonalDataRead);
        return new ComplianceLine(
            row.Id, row.EventType, row.Severity, personal ? row.Description : guard.Clean(row.Description), row.EntityType, row.EntityId, row.CreatedBy, row.CreatedAt, row.ResolvedAt, row.ResolvedBy,
            row.Notes is { } notes ? personal ? notes : guard.Clean(notes) : null, row.LeafId, row.ResolutionLeafId);
    }
}
