using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>What would have been decided.</summary>
internal static class BacktestsApi
{
    private const int DefaultLimit = 20;
    private const int MostLimit = 100;

    public static IEndpointRouteBuilder MapBacktests(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/backtests").WithTags("Replay");
        group.MapPost("", RunAsync).RequirePermission(Permissions.ModelDriftCheck).WithName("RunBacktest").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithSummary("Decide a window of history again, by another version, other thresholds, or both: before and after. It is kept; nothing follows from it.");
        group.MapGet("", PageAsync).RequirePermission(Permissions.ModelRead).WithName("ListBacktests").WithSummary("Backtests, newest first, a page at a time.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.ModelRead).WithName("GetBacktest").WithSummary("One backtest with its report.");
        return app;
    }

    private static async Task<Results<Created<BacktestAnswer>, ProblemHttpResult>> RunAsync(
        BacktestRequest request, HttpContext context, BacktestStore backtests, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Problem(time.GetUtcNow()) is { } problem)
        {
            return Invalid(problem);
        }

        switch (await backtests.RunAsync(request, Caller.NameOf(context), cancellationToken))
        {
            case BacktestOutcome.Done done:
                return TypedResults.Created($"/v1/backtests/{done.Row.Id}", BacktestAnswer.Of(done.Row));
            case BacktestOutcome.No { Why: BacktestPlanning.TooMuch tooMuch }:
                return Invalid(tooMuch.Why);
            case BacktestOutcome.No { Why: BacktestPlanning.Refused refused }:
                return TypedResults.Problem(
                    refused.Why, statusCode: refused.IsMissing ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, title: refused.IsMissing ? "Not found." : "It cannot be backtested.");
            default:
                context.Response.Headers.RetryAfter = "10";
                return TypedResults.Problem("Another backtest is running (Replay:MaxBacktests): ask again when it is over.", statusCode: StatusCodes.Status429TooManyRequests, title: "Busy.");
        }
    }

    private static async Task<Results<Ok<BacktestPage>, ProblemHttpResult>> PageAsync(BacktestStore backtests, string? @namespace, Guid? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        if (most is < 1 or > MostLimit)
        {
            return TypedResults.Problem($"limit must be a whole number from 1 to {MostLimit}.", statusCode: StatusCodes.Status400BadRequest, title: "The page is not valid.");
        }

        List<BacktestRow> rows = await backtests.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, before, most, cancellationToken);
        return TypedResults.Ok(new BacktestPage([.. rows.Select(BacktestAnswer.Of)], rows.Count == most ? rows[^1].Id : null));
    }

    private static async Task<Results<Ok<BacktestAnswer>, ProblemHttpResult>> GetAsync(Guid id, BacktestStore backtests, CancellationToken cancellationToken) =>
        await backtests.FindAsync(id, cancellationToken) is { } row
            ? TypedResults.Ok(BacktestAnswer.Of(row))
            : TypedResults.Problem($"There is no backtest {id}: GET /v1/backtests lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    private static ProblemHttpResult Invalid(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The backtest is not valid.");
}
