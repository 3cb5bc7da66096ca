using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Replay.Backtests;
using FinObs.DataPlane.Replay.Checks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Replay;

/// <summary>Scoring again what was decided.</summary>
internal static class ReplayApi
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapReplay(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/decisions/{id:guid}/replay", ReplayAsync).WithTags("Replay").WithName("ReplayDecision").RequirePermission(Permissions.TransactionRead)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Score a stored decision again with its version, and compare. Nothing is written.");
        app.MapGet("/v1/replay-checks", ChecksAsync).WithTags("Replay").WithName("ListReplayChecks").RequirePermission(Permissions.ModelRead)
            .WithSummary("What the nightly samples found, newest first, a page at a time.");
        app.MapBacktests();
        return app;
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> ReplayAsync(Guid id, DecisionReplay replay, CancellationToken cancellationToken)
    {
        if (await replay.FindAsync(id, cancellationToken) is not { } row)
        {
            return TypedResults.Problem($"There is no decision {id}. Use the `id` of an answer or of GET /v1/transactions.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
        }

        return await replay.ReplayAsync(row, cancellationToken) switch
        {
            ReplayOutcome.Replayed replayed => TypedResults.Ok(ReplayAnswer.Of(replayed, await replay.SameExplanationAsync(replayed, cancellationToken))),
            ReplayOutcome.NotPossible no => TypedResults.Problem(no.Why, statusCode: StatusCodes.Status409Conflict, title: "It cannot be replayed."),
            _ => throw new InvalidOperationException("An outcome that is not known."),
        };
    }

    private static async Task<Results<Ok<ReplayCheckPage>, ProblemHttpResult>> ChecksAsync(
        ReplayChecks checks, string? @namespace, Guid? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        if (most is < 1 or > MostLimit)
        {
            return TypedResults.Problem($"limit must be a whole number from 1 to {MostLimit}.", statusCode: StatusCodes.Status400BadRequest, title: "The page is not valid.");
        }

        List<ReplayCheckRow> rows = await checks.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, before, most, cancellationToken);
        return TypedResults.Ok(new ReplayCheckPage([.. rows.Select(ReplayCheckAnswer.Of)], rows.Count == most ? rows[^1].Id : null));
    }
}
