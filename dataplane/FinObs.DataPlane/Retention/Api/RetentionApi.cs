using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Retention.Holds;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Retention.Api;

/// <summary>Legal holds and erasure.</summary>
internal static class RetentionApi
{
    private const int MaxPage = 500;

    public static void MapRetention(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/retention").WithTags("Retention").RequirePermission(Permissions.RetentionManage);
        group.MapPost("/holds", PlaceAsync).WithName("PlaceHold").WithSummary("Place a legal hold on an account, on the account of a case, or on everything of a namespace.");
        group.MapGet("/holds", ListAsync).WithName("ListHolds").WithSummary("Legal holds, newest first.");
        group.MapPost("/holds/{id:guid}/release", ReleaseAsync).WithName("ReleaseHold").WithSummary("Release a legal hold, or ask for it where it must be approved.");
        group.MapPost("/subjects/erase", EraseAsync).WithName("EraseSubject").WithSummary("Erase an account whose retention is over and on which no hold stands.");
    }

    private static async Task<Results<Created<HoldAnswer>, ProblemHttpResult>> PlaceAsync(HoldBody body, LegalHolds holds, HttpContext context, CancellationToken cancellationToken)
    {
        (NewHold? hold, string? problem) = body.Read();
        if (hold is null)
        {
            return BadRequest(problem!);
        }

        LegalHoldRow row = await holds.PlaceAsync(hold, Caller.NameOf(context), cancellationToken);
        return TypedResults.Created($"/v1/retention/holds/{row.Id}", HoldAnswer.Of(row));
    }

    private static async Task<Results<Ok<HoldList>, ProblemHttpResult>> ListAsync(
        LegalHolds holds, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace, bool released = false, int limit = 100, Guid? before = null)
    {
        if (limit is < 1 or > MaxPage)
        {
            return BadRequest($"limit is between 1 and {MaxPage}.");
        }

        List<LegalHoldRow> rows = await holds.ListAsync(@namespace, released, limit, before, cancellationToken);
        return TypedResults.Ok(new HoldList([.. rows.Select(HoldAnswer.Of)], rows.Count == limit ? rows[^1].Id : null));
    }

    private static async Task<Results<Ok<ReleaseAnswer>, Accepted<ReleaseAnswer>, ProblemHttpResult>> ReleaseAsync(
        Guid id, ReasonBody body, HoldRelease release, HttpContext context, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        if (RetentionText.Problem("reason", body.Reason, required: true) is { } problem)
        {
            return BadRequest(problem);
        }

        return await release.ReleaseAsync(@namespace, id, Caller.NameOf(context), body.Reason!, cancellationToken) switch
        {
            ReleaseOutcome.Released released => TypedResults.Ok(new ReleaseAnswer("released", released.At, null)),
            ReleaseOutcome.Asked asked => TypedResults.Accepted((string?)null, new ReleaseAnswer("approval_requested", null, asked.RequestId)),
            ReleaseOutcome.AlreadyReleased => TypedResults.Problem("The hold was released before: GET /v1/retention/holds?released=true shows when and by whom.", statusCode: StatusCodes.Status409Conflict, title: "Released before"),
            _ => TypedResults.Problem("There is no hold with this id in this namespace.", statusCode: StatusCodes.Status404NotFound, title: "Not found"),
        };
    }

    private static async Task<Results<Ok<ErasureAnswer>, ProblemHttpResult>> EraseAsync(EraseBody body, SubjectEraser eraser, HttpContext context, CancellationToken cancellationToken)
    {
        if ((RetentionText.Problem("account", body.Account, required: true) ?? RetentionText.Problem("reason", body.Reason, required: true)) is { } problem)
        {
            return BadRequest(problem);
        }

        return await eraser.EraseAsync(body.Namespace ?? ModelRouter.DefaultNamespace, body.Account!, Caller.NameOf(context), body.Reason!, cancellationToken) switch
        {
            ErasureOutcome.Erased erased => TypedResults.Ok(new ErasureAnswer(erased.LeafId, erased.Rows)),
            ErasureOutcome.Held held => Refused("hold", $"The legal hold '{held.Hold}' stands on this account: it must be released first."),
            ErasureOutcome.Needed needed => Refused("needed", $"{needed.By} needs the account's data: end it first."),
            ErasureOutcome.Retained retained => Refused("retention", $"The account's records are under retention until {retained.Until.UtcDateTime:yyyy-MM-dd}: ask again then."),
            _ => TypedResults.Problem("Nothing is kept of this account in this namespace, or it was erased before.", statusCode: StatusCodes.Status404NotFound, title: "Not found"),
        };
    }

    private static ProblemHttpResult Refused(string code, string detail) => TypedResults.Problem(
        detail, statusCode: StatusCodes.Status409Conflict, title: "Not erased", extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code });

    private static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
}
