using System.Globalization;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>Cases: reading them, and working on them.</summary>
internal static class CasesApi
{
    private const int MostDays = 366;
    private const int MostTimeline = 500;

    public static IEndpointRouteBuilder MapCases(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/cases").WithTags("Cases");
        group.MapGet("", ListAsync).RequirePermission(Permissions.CaseRead).WithName("ListCases").WithSummary("Cases, newest first, a page at a time; a filter for each field.");
        group.MapPost("", OpenAsync).RequirePermission(Permissions.CaseWork).WithName("OpenCase").WithSummary("Open a case by hand.");
        group.MapGet("/metrics", FiguresAsync).RequirePermission(Permissions.CaseRead).WithName("CaseMetrics").WithSummary("Mean time to resolve, share resolved in time, open cases by severity and age.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.CaseRead).WithName("GetCase").WithSummary("One case, with its clock and who holds it; ETag is its version.");
        group.MapGet("/{id:guid}/timeline", TimelineAsync).RequirePermission(Permissions.CaseRead).WithName("CaseTimeline").WithSummary("Its story, oldest first: what was done, decisions, approvals, each with its leaf.");
        group.MapGet("/{id:guid}/similar", SimilarAsync).RequirePermission(Permissions.CaseRead).WithName("SimilarCases").WithSummary("Cases that are like it, most alike first, and why.");
        group.MapPost("/bulk", BulkAsync).RequirePermission(Permissions.CaseWork).WithName("BulkCases").WithSummary("One act on up to 500 cases; the answer says for each what came of it.");
        foreach ((string name, string permission, string summary) in CaseActs.All)
        {
            group.MapPost($"/{{id:guid}}/{name}", (Guid id, CaseActionRequest? body, CaseActions actions, IOptions<CaseOptions> options, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken) =>
                    ActAsync(id, name, body ?? new CaseActionRequest(), actions, options.Value, time, sight, context, cancellationToken))
                .RequirePermission(permission).WithName($"{char.ToUpperInvariant(name[0])}{name[1..]}Case").WithSummary(summary);
        }

        return app;
    }

    private static async Task<Results<Ok<CasePage>, ProblemHttpResult>> ListAsync(
        [AsParameters] CaseQuery query, IDatabase database, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        (CaseFilter? filter, string? problem) = query.Check();
        if (filter is null)
        {
            return CaseProblems.Bad(problem!);
        }

        bool personal = sight.OfPersons(context);
        if (query.Account is not null && !personal)
        {
            return TypedResults.Problem("To look for an account you need personal_data:read.", statusCode: StatusCodes.Status403Forbidden, title: "Not for you.");
        }

        (DateTimeOffset now, Func<string, string> words) = (time.GetUtcNow(), CleanNotes.For(context));
        await using FinObsDbContext db = database.CreateContext();
        List<CaseRow> rows = await filter.Apply(db, now).ToListAsync(cancellationToken);
        return TypedResults.Ok(new CasePage([.. rows.Select(row => CaseAnswer.Of(row, now, personal).Shown(words))], rows.Count == filter.Limit ? rows[^1].Id.ToString("N") : null));
    }

    private static async Task<Results<Created<CaseAnswer>, ProblemHttpResult>> OpenAsync(
        NewCaseRequest body, CaseOpener opener, CaseActions actions, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        (NewCase? wanted, string? problem) = body.Check(Caller.NameOf(context), Guid.CreateVersion7(time.GetUtcNow()));
        if (wanted is null)
        {
            return CaseProblems.Bad(problem!);
        }

        Guid id = await opener.OpenAsync(wanted, cancellationToken);
        CaseRow row = (await actions.FindAsync(id, cancellationToken))!;
        return TypedResults.Created($"/v1/cases/{id}", CaseAnswer.Of(row, time.GetUtcNow(), sight.OfPersons(context)).Shown(CleanNotes.For(context)));
    }

    private static async Task<Results<Ok<CaseAnswer>, ProblemHttpResult>> GetAsync(
        Guid id, CaseActions actions, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        if (await actions.FindAsync(id, cancellationToken) is not { } row)
        {
            return CaseProblems.Unknown;
        }

        context.Response.Headers.ETag = $"\"{row.Version}\"";
        return TypedResults.Ok(CaseAnswer.Of(row, time.GetUtcNow(), sight.OfPersons(context)).Shown(CleanNotes.For(context)));
    }

    private static async Task<Results<Ok<TimelineAnswer>, ProblemHttpResult>> TimelineAsync(
        Guid id, CaseTimelines timelines, HttpContext context, int? offset, int? limit, CancellationToken cancellationToken)
    {
        int skip = offset ?? 0;
        int most = limit ?? 100;
        if (skip is < 0 or > 1_000_000 || most is < 1 or > MostTimeline)
        {
            return CaseProblems.Bad($"offset must be 0 or more, limit a whole number from 1 to {MostTimeline}.");
        }

        return await timelines.ReadAsync(id, skip, most, cancellationToken) is { } timeline ? TypedResults.Ok(timeline.Shown(CleanNotes.For(context))) : CaseProblems.Unknown;
    }

    private static async Task<Results<Ok<IReadOnlyList<SimilarAnswer>>, ProblemHttpResult>> SimilarAsync(
        Guid id, CaseActions actions, SimilarCases similar, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        if (await actions.FindAsync(id, cancellationToken) is not { } row)
        {
            return CaseProblems.Unknown;
        }

        (DateTimeOffset now, bool personal) = (time.GetUtcNow(), sight.OfPersons(context));
        Func<string, string> words = CleanNotes.For(context);
        IReadOnlyList<SimilarAnswer> answers = [.. (await similar.OfAsync(row, cancellationToken)).Select(one => new SimilarAnswer(CaseAnswer.Of(one.Row, now, personal).Shown(words), one.Score, one.Because))];
        return TypedResults.Ok(answers);
    }

    private static async Task<Results<Ok<CaseChanged>, ProblemHttpResult>> ActAsync(
        Guid id, string act, CaseActionRequest body, CaseActions actions, CaseOptions options, TimeProvider time, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        if (VersionOf(context.Request, body) is not { } version)
        {
            return CaseProblems.Bad("If-Match must be the version of a case in quotes, such as \"7\".");
        }

        if (version.Seen is null && CaseActs.NeedsVersion(act))
        {
            return CaseProblems.NoVersion;
        }

        CaseOutcome outcome = await actions.DoAsync(id, version.Seen, Caller.NameOf(context), CaseActs.Of(act, body, options)!, cancellationToken);
        if (outcome is not CaseOutcome.Done done)
        {
            return CaseProblems.Of(outcome);
        }

        context.Response.Headers.ETag = $"\"{done.Row.Version}\"";
        return TypedResults.Ok(new CaseChanged(CaseAnswer.Of(done.Row, time.GetUtcNow(), sight.OfPersons(context)).Shown(CleanNotes.For(context)), done.LeafId));
    }

    private static async Task<Results<Ok<BulkAnswer>, ProblemHttpResult>> BulkAsync(
        BulkRequest body, CaseActions actions, IOptions<CaseOptions> options, CaseSight sight, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Ids is not { Count: > 0 and <= BulkRequest.MostIds } || CaseActs.Of(body.Action ?? "", body.With ?? new CaseActionRequest(), options.Value) is not { } change)
        {
            return CaseProblems.Bad($"Send 1 to {BulkRequest.MostIds} ids, and action: one of {string.Join(", ", CaseActs.All.Select(act => act.Name))}.");
        }

        string permission = CaseActs.All.First(act => act.Name == body.Action).Permission;
        if (!sight.May(context, permission))
        {
            return TypedResults.Problem($"{body.Action} needs {permission}.", statusCode: StatusCodes.Status403Forbidden, title: "Not for you.");
        }

        List<BulkItem> items = [];
        foreach (Guid id in body.Ids.Distinct())
        {
            // Each is a commit of its own: what was done stays, whatever comes of the others.
            CaseOutcome outcome = await actions.DoAsync(id, version: null, Caller.NameOf(context), change, cancellationToken);
            (int status, string detail) = CaseProblems.Told(outcome);
            items.Add(outcome is CaseOutcome.Done done ? new BulkItem(id, StatusCodes.Status200OK, null, done.LeafId) : new BulkItem(id, status, detail, null));
        }

        return TypedResults.Ok(new BulkAnswer(items.Count(item => item.Status == StatusCodes.Status200OK), items.Count(item => item.Status != StatusCodes.Status200OK), items));
    }

    private static async Task<Results<Ok<CaseFiguresAnswer>, ProblemHttpResult>> FiguresAsync(
        CaseFigures figures, string? @namespace, int? days, double? slaHours, CancellationToken cancellationToken) =>
        days is < 1 or > MostDays || slaHours is <= 0 or > 24 * MostDays || slaHours is double.NaN
            ? CaseProblems.Bad($"days must be a whole number from 1 to {MostDays}, slaHours a number above 0.")
            : TypedResults.Ok(await figures.OfAsync(@namespace ?? "default", days ?? 30, slaHours, cancellationToken));

    /// <summary>From If-Match or the body; null where it is no version.</summary>
    private static SeenVersion? VersionOf(HttpRequest request, CaseActionRequest body)
    {
        string? header = request.Headers.IfMatch.FirstOrDefault();
        if (header is null)
        {
            return new SeenVersion(body.Version);
        }

        return header.Length > 2 && header[0] == '"' && header[^1] == '"' && long.TryParse(header[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? new SeenVersion(version) : null;
    }

    private sealed record SeenVersion(long? Seen);
}

/// <summary>What a caller may see and do, where one endpoint answers differently.</summary>
internal sealed class CaseSight(IOptions<AccessOptions> access)
{
    public bool OfPersons(HttpContext context) => May(context, Permissions.PersonalDataRead);

    public bool May(HttpContext context, string permission) => !access.Value.IsConfigured || Caller.Has(context.User, permission);
}
