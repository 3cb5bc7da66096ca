using System.Globalization;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Compliance;

/// <summary>An entry of the log.</summary>
internal sealed record ComplianceAnswer(
    Guid Id, string Namespace, string EventType, string Severity, string Description, JsonElement? Meta, string? EntityType, string? EntityId, string CreatedBy, DateTimeOffset CreatedAt,
    bool IsResolved, DateTimeOffset? ResolvedAt, string? ResolvedBy, string? ResolutionNotes, Guid LeafId, Guid? ResolutionLeafId)
{
    public static ComplianceAnswer Of(ComplianceEntryRow row) => new(
        row.Id, row.Namespace, row.EventType, row.Severity.ToString(), row.Description, row.Meta is null ? null : JsonElement.Parse(row.Meta), row.EntityType, row.EntityId, row.CreatedBy,
        row.CreatedAt, row.Resolved, row.ResolvedAt, row.ResolvedBy, row.Notes, row.LeafId, row.ResolutionLeafId);

    /// <summary>With what people and systems wrote as the reader may see it.</summary>
    public ComplianceAnswer Shown(HttpContext context)
    {
        Func<string, string> words = CleanNotes.For(context);
        return this with
        {
            Description = words(Description),
            EntityId = EntityId is null ? null : words(EntityId),
            ResolutionNotes = ResolutionNotes is null ? null : words(ResolutionNotes),
            Meta = Meta is { } meta && !Caller.Has(context.User, Permissions.PersonalDataRead)
                ? JsonElement.Parse(context.RequestServices.GetRequiredService<PiiGuard>().CleanJson(JsonSerializer.SerializeToUtf8Bytes(meta))) : Meta,
        };
    }
}

/// <summary>A page; <c>Next</c> is the cursor of the page after, null at the end.</summary>
internal sealed record CompliancePage(IReadOnlyList<ComplianceAnswer> Items, string? Next);

/// <summary>Counts of the log.</summary>
internal sealed record ComplianceStats(
    int Total, int Resolved, int Unresolved, double? MeanSecondsToResolve, IReadOnlyDictionary<string, int> BySeverity, IReadOnlyDictionary<string, int> ByEventType);

/// <summary>An entry that somebody writes.</summary>
internal sealed record NewComplianceEntry(string? EventType, string? Severity, string? Description, JsonElement? Meta, string? EntityType, string? EntityId, string? Namespace)
{
    private const int LargestMeta = 16 * 1024;

    public string? Problem() =>
        string.IsNullOrWhiteSpace(EventType) || string.IsNullOrWhiteSpace(Description) ? "eventType and description must be there."
        : new[] { EventType, EntityType, EntityId, Namespace }.Any(text => text?.Length > CaseChange.LongestName) || Description.Length > CaseChange.LongestText
            ? $"description may have {CaseChange.LongestText} characters, everything else {CaseChange.LongestName}."
        : CaseActs.Named<CaseSeverity>(Severity) is null ? $"severity must be one of {string.Join(", ", Enum.GetNames<CaseSeverity>())}."
        : Meta is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) } || Meta?.GetRawText().Length > LargestMeta ? "meta must be a JSON object of at most 16 KiB."
        : null;
}

/// <summary>What came of an entry.</summary>
internal sealed record ComplianceResolution(string? Notes);

/// <summary>The compliance log: list, write, resolve, count.</summary>
internal static class ComplianceApi
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapCompliance(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/compliance/log").WithTags("Compliance");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ComplianceRead).WithName("ListCompliance").WithSummary("Entries of the compliance log, newest first, a page at a time.");
        group.MapPost("", WriteAsync).RequirePermission(Permissions.ComplianceResolve).WithName("WriteCompliance").WithSummary("Write an entry.");
        group.MapGet("/stats", StatsAsync).RequirePermission(Permissions.ComplianceRead).WithName("ComplianceStats").WithSummary("How many entries of which severity and type are resolved, and how long it took.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.ComplianceRead).WithName("GetCompliance").WithSummary("One entry.");
        group.MapPost("/{id:guid}/resolve", ResolveAsync).RequirePermission(Permissions.ComplianceResolve).WithName("ResolveCompliance").WithSummary("Resolve an entry with notes, once.");
        return app;
    }

    private static async Task<Results<Ok<CompliancePage>, ProblemHttpResult>> ListAsync(
        IDatabase database, HttpContext context, string? @namespace, string? eventType, string? severity, bool? isResolved, string? entityId, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        Guid before = default;
        int most = limit ?? DefaultLimit;
        CaseSeverity? grave = CaseActs.Named<CaseSeverity>(severity);
        if (most is < 1 or > MostLimit || (cursor is not null && !Guid.TryParseExact(cursor, "N", out before)) || (severity is not null && grave is null))
        {
            return CaseProblems.Bad($"limit must be a whole number from 1 to {MostLimit}, cursor the `next` of the page before, severity one of {string.Join(", ", Enum.GetNames<CaseSeverity>())}.");
        }

        await using FinObsDbContext db = database.CreateContext();
        string name = @namespace ?? "default";
        IQueryable<ComplianceEntryRow> rows = db.ComplianceLog.Where(row => row.Namespace == name);
        rows = eventType is null ? rows : rows.Where(row => row.EventType == eventType);
        rows = grave is null ? rows : rows.Where(row => row.Severity == grave);
        rows = isResolved is null ? rows : rows.Where(row => row.Resolved == isResolved);
        rows = entityId is null ? rows : rows.Where(row => row.EntityId == entityId);
        rows = cursor is null ? rows : rows.Where(row => row.Id < before);
        List<ComplianceEntryRow> page = await rows.OrderByDescending(row => row.Id).Take(most).ToListAsync(cancellationToken);
        return TypedResults.Ok(new CompliancePage([.. page.Select(row => ComplianceAnswer.Of(row).Shown(context))], page.Count == most ? page[^1].Id.ToString("N", CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Created<ComplianceAnswer>, ProblemHttpResult>> WriteAsync(
        NewComplianceEntry body, ComplianceLog log, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Problem() is { } problem)
        {
            return CaseProblems.Bad(problem);
        }

        byte[]? meta;
        try
        {
            meta = body.Meta is { ValueKind: JsonValueKind.Object } given ? CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(given.GetRawText())) : null;
        }
        catch (JsonException)
        {
            return CaseProblems.Bad("meta must have a canonical form (RFC 8785): no name twice, no number beyond a double.");
        }

        DateTimeOffset now = log.Now();
        ComplianceEntryRow row = await log.WriteAsync(
            new ComplianceEntryRow
            {
                Id = Guid.CreateVersion7(now),
                Namespace = body.Namespace ?? "default",
                EventType = body.EventType!,
                Severity = CaseActs.Named<CaseSeverity>(body.Severity)!.Value,
                Description = body.Description!,
                Meta = meta,
                EntityType = body.EntityType,
                EntityId = body.EntityId,
                CreatedBy = Caller.NameOf(context),
                CreatedAt = now,
            },
            cancellationToken);
        return TypedResults.Created($"/v1/compliance/log/{row.Id}", ComplianceAnswer.Of(row).Shown(context));
    }

    private static async Task<Results<Ok<ComplianceAnswer>, ProblemHttpResult>> GetAsync(Guid id, ComplianceLog log, HttpContext context, CancellationToken cancellationToken) =>
        await log.FindAsync(id, cancellationToken) is { } row ? TypedResults.Ok(ComplianceAnswer.Of(row).Shown(context)) : Unknown;

    private static async Task<Results<Ok<ComplianceAnswer>, ProblemHttpResult>> ResolveAsync(
        Guid id, ComplianceResolution body, ComplianceLog log, HttpContext context, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Notes) || body.Notes.Length > CaseChange.LongestText)
        {
            return CaseProblems.Bad($"Send notes of at most {CaseChange.LongestText} characters: they become part of the record.");
        }

        return await log.ResolveAsync(id, Caller.NameOf(context), body.Notes, cancellationToken) switch
        {
            ComplianceOutcome.Done done => TypedResults.Ok(ComplianceAnswer.Of(done.Row).Shown(context)),
            ComplianceOutcome.AlreadyResolved resolved => TypedResults.Problem($"{resolved.By} has resolved it already: GET it to see how.", statusCode: StatusCodes.Status409Conflict, title: "Resolved already."),
            _ => Unknown,
        };
    }

    private static async Task<Ok<ComplianceStats>> StatsAsync(IDatabase database, string? @namespace, CancellationToken cancellationToken)
    {
        string name = @namespace ?? "default";
        await using FinObsDbContext db = database.CreateContext();
        var counts = await db.ComplianceLog.Where(row => row.Namespace == name).GroupBy(row => new { row.Severity, row.EventType, row.Resolved })
            .Select(group => new { group.Key.Severity, group.Key.EventType, group.Key.Resolved, Count = group.Count() }).ToListAsync(cancellationToken);
        var times = await db.ComplianceLog.Where(row => row.Namespace == name && row.Resolved).OrderByDescending(row => row.Id).Take(10_000)
            .Select(row => new { row.CreatedAt, row.ResolvedAt }).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ComplianceStats(
            counts.Sum(one => one.Count),
            counts.Where(one => one.Resolved).Sum(one => one.Count),
            counts.Where(one => !one.Resolved).Sum(one => one.Count),
            times.Count == 0 ? null : times.Average(one => (one.ResolvedAt!.Value - one.CreatedAt).TotalSeconds),
            Enum.GetValues<CaseSeverity>().ToDictionary(severity => severity.ToString(), severity => counts.Where(one => one.Severity == severity).Sum(one => one.Count)),
            counts.GroupBy(one => one.EventType).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(one => one.Count))));
    }

    private static ProblemHttpResult Unknown => TypedResults.Problem("There is no such entry: GET /v1/compliance/log lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
}
