using System.Diagnostics;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Work;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Cases.Sar;

/// <summary>A report as it is shown to those who may know of it.</summary>
internal sealed record SarAnswer(
    Guid CaseId, int Revision, SarStatus Status, string Narrative, bool SuspectIdentified, DateTimeOffset DetectedAt, DateTimeOffset DueAt, bool Overdue, string? Reference,
    IReadOnlyList<SarCitation> Citations, IReadOnlyList<SarStep> Steps, Guid LeafId)
{
    public static SarAnswer Of(SarState state, DateTimeOffset now)
    {
        SarReport report = state.Report;
        bool open = report.Status is SarStatus.Draft or SarStatus.Reviewed;
        return new SarAnswer(
            state.Row.CaseId, state.Row.Revision, report.Status, report.Narrative, report.SuspectIdentified, report.DetectedAt, report.DueAt, open && report.DueAt < now, report.Reference,
            report.Citations, report.Steps, state.Row.LeafId);
    }
}

/// <summary>A text for a report.</summary>
internal sealed record SarDraftRequest(int? Revision, string? Narrative, bool? SuspectIdentified, DateTimeOffset? DetectedAt, IReadOnlyList<Guid>? Transactions)
{
    private const int LongestNarrative = 20_000;
    private const int MostCitations = 500;

    public string? Problem() =>
        Revision is null or < 0 ? "Send the revision that you saw, 0 where there is none, so that nobody's text is overwritten unseen."
        : string.IsNullOrWhiteSpace(Narrative) || Narrative.Length > LongestNarrative ? $"narrative must be there, with at most {LongestNarrative} characters."
        : SuspectIdentified is null ? "suspectIdentified must be true or false: it says whether 30 or 60 days are left to file (31 CFR 1020.320(b)(3))."
        : Transactions?.Count > MostCitations ? $"transactions may name {MostCitations} at most." : null;
}

/// <summary>A step of a report.</summary>
internal sealed record SarStepRequest(int? Revision, string? Reference, string? Note)
{
    public string? Problem() =>
        Revision is null or < 1 ? "Send the revision that you saw."
        : Reference?.Length > CaseChange.LongestName || Note?.Length > CaseChange.LongestText ? $"reference may have {CaseChange.LongestName} characters, note {CaseChange.LongestText}." : null;
}

/// <summary>
/// Suspicious activity reports. 31 CFR 1020.320(e) forbids to disclose one or its existence: these paths answer alike to all who lack the permission, no other path knows of them, and no span of theirs
/// is exported.
/// </summary>
internal static class SarApi
{
    public static IEndpointRouteBuilder MapSar(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1").WithTags("SAR").AddEndpointFilter(QuietlyAsync);
        group.MapGet("/sars", ListAsync).RequirePermission(Permissions.SarRead).WithName("ListSars").WithSummary("Reports of the namespace, those due first first; each read is recorded.");
        group.MapGet("/cases/{id:guid}/sar", GetAsync).RequirePermission(Permissions.SarRead).WithName("GetSar").WithSummary("The report of a case; each read is recorded.");
        group.MapPut("/cases/{id:guid}/sar", DraftAsync).RequirePermission(Permissions.SarWrite).WithName("DraftSar").WithSummary("Write the narrative with cited evidence; a new text makes it a draft again.");
        group.MapPost("/cases/{id:guid}/sar/review", ReviewAsync).RequirePermission(Permissions.SarWrite).WithName("ReviewSar").WithSummary("Another person than the author has reviewed it.");
        group.MapPost("/cases/{id:guid}/sar/file", FileAsync).RequirePermission(Permissions.SarWrite).WithName("FileSar").WithSummary("It was filed, under this reference; nothing changes it any more.");
        group.MapPost("/cases/{id:guid}/sar/drop", DropAsync).RequirePermission(Permissions.SarWrite).WithName("DropSar").WithSummary("It is not filed, and why.");
        return app;
    }

    /// <summary>A trace is read by others: the path alone would tell.</summary>
    private static ValueTask<object?> QuietlyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (Activity.Current is { } activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }

    private static async Task<Ok<IReadOnlyList<SarAnswer>>> ListAsync(SarReports reports, TimeProvider time, HttpContext context, string? @namespace, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<SarAnswer> answers = [.. (await reports.ListAsync(@namespace ?? "default", Caller.NameOf(context), cancellationToken)).Select(state => SarAnswer.Of(state, now))];
        return TypedResults.Ok(answers);
    }

    private static async Task<Results<Ok<SarAnswer>, ProblemHttpResult>> GetAsync(Guid id, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken) =>
        await reports.ReadAsync(id, Caller.NameOf(context), cancellationToken) is { } state ? TypedResults.Ok(SarAnswer.Of(state, time.GetUtcNow())) : Unknown;

    private static async Task<Results<Ok<SarAnswer>, ProblemHttpResult>> DraftAsync(
        Guid id, SarDraftRequest body, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Problem() is { } problem)
        {
            return CaseProblems.Bad(problem);
        }

        SarText text = new(body.Narrative!, body.SuspectIdentified!.Value, body.DetectedAt?.ToUniversalTime(), body.Transactions ?? []);
        return Answer(await reports.DraftAsync(id, body.Revision!.Value, text, Caller.NameOf(context), cancellationToken), time);
    }

    private static Task<Results<Ok<SarAnswer>, ProblemHttpResult>> ReviewAsync(Guid id, SarStepRequest body, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken) =>
        StepAsync(id, SarStatus.Reviewed, body, reports, time, context, cancellationToken);

    private static Task<Results<Ok<SarAnswer>, ProblemHttpResult>> FileAsync(Guid id, SarStepRequest body, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken) =>
        StepAsync(id, SarStatus.Filed, body, reports, time, context, cancellationToken);

    private static Task<Results<Ok<SarAnswer>, ProblemHttpResult>> DropAsync(Guid id, SarStepRequest body, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken) =>
        StepAsync(id, SarStatus.Dropped, body, reports, time, context, cancellationToken);

    private static async Task<Results<Ok<SarAnswer>, ProblemHttpResult>> StepAsync(
        Guid id, SarStatus to, SarStepRequest body, SarReports reports, TimeProvider time, HttpContext context, CancellationToken cancellationToken) =>
        body.Problem() is { } problem
            ? CaseProblems.Bad(problem)
            : Answer(await reports.StepAsync(id, body.Revision!.Value, to, body.Reference, body.Note, Caller.NameOf(context), cancellationToken), time);

    private static Results<Ok<SarAnswer>, ProblemHttpResult> Answer(SarOutcome outcome, TimeProvider time) => outcome switch
    {
        SarOutcome.Done done => TypedResults.Ok(SarAnswer.Of(done.State, time.GetUtcNow())),
        SarOutcome.Stale stale => TypedResults.Problem($"It is at revision {stale.Revision} now: read it again, then decide anew.", statusCode: StatusCodes.Status409Conflict, title: "It was changed."),
        SarOutcome.Refused refused => TypedResults.Problem(refused.Why, statusCode: StatusCodes.Status422UnprocessableEntity, title: "It was not done."),
        _ => Unknown,
    };

    private static ProblemHttpResult Unknown => TypedResults.Problem("The case has no report, or there is no such case.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
}
