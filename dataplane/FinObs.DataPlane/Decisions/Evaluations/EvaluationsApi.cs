using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>Which version does best on labels, and what versions were measured at elsewhere.</summary>
internal static class EvaluationsApi
{
    private const int DefaultDays = 30;
    private const int MostDays = 3_660;
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapEvaluations(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/evaluations").WithTags("Evaluations");
        group.MapPost("", SubmitAsync).RequirePermission(Permissions.ModelDriftCheck).WithName("SubmitEvaluation").WithSummary("Keep a version's predictions against what was right: the counts, with a leaf.");
        group.MapGet("", PageAsync).RequirePermission(Permissions.ModelRead).WithName("ListEvaluations").WithSummary("Submitted evaluations, newest first, a page at a time.");
        group.MapGet("/leaderboard", LeaderboardAsync).RequirePermission(Permissions.ModelRead).WithName("GetLeaderboard").WithSummary("Versions by F1 of their own decisions against the labels, over the last days.");

        RouteGroupBuilder agent = app.MapGroup("/agent/compliance/eval").WithTags("Evaluations");
        agent.MapPost("/submit", AgentSubmitAsync).RequirePermission(Permissions.ModelDriftCheck).WithName("AgentEvalSubmit").WithSummary("Submit an evaluation, under its old path.");
        agent.MapGet("/results", AgentResultsAsync).RequirePermission(Permissions.ModelRead).WithName("AgentEvalResults").WithSummary("The newest submitted evaluations.");
        agent.MapGet("/leaderboard", AgentLeaderboardAsync).RequirePermission(Permissions.ModelRead).WithName("AgentEvalLeaderboard").WithSummary("Versions by F1 of the newest evaluation submitted for each.");
        agent.MapGet("/audit-trail", AgentTrailAsync).RequirePermission(Permissions.AuditRead).WithName("AgentEvalAuditTrail").WithSummary("Submitted evaluations with who, when, and the leaf that proves each.");
        return app;
    }

    private static async Task<Results<Created<SubmittedAnswer>, ProblemHttpResult>> SubmitAsync(
        EvaluationRequest request, HttpContext context, ModelEvaluations evaluations, string? @namespace, CancellationToken cancellationToken)
    {
        if (request.Problem() is { } problem)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The evaluation is not valid.");
        }

        EvaluationRow row = await evaluations.SubmitAsync(@namespace ?? ModelRouter.DefaultNamespace, request, Caller.NameOf(context), cancellationToken);
        return TypedResults.Created("/v1/evaluations", new SubmittedAnswer(EvaluationAnswer.Of(row), "recorded"));
    }

    private static Task<Results<Created<SubmittedAnswer>, ProblemHttpResult>> AgentSubmitAsync(
        [FromQuery(Name = "model_version")] string? modelVersion, IReadOnlyList<Prediction> predictions, HttpContext context, ModelEvaluations evaluations, CancellationToken cancellationToken) =>
        SubmitAsync(new EvaluationRequest(modelVersion, predictions), context, evaluations, null, cancellationToken);

    private static async Task<Results<Ok<EvaluationPage>, ProblemHttpResult>> PageAsync(
        ModelEvaluations evaluations, [FromQuery(Name = "model_version")] string? modelVersion, string? @namespace, Guid? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        if (most is < 1 or > MostLimit)
        {
            return TypedResults.Problem($"limit must be a whole number from 1 to {MostLimit}.", statusCode: StatusCodes.Status400BadRequest, title: "The page is not valid.");
        }

        List<EvaluationRow> rows = await evaluations.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, modelVersion, before, most, cancellationToken);
        return TypedResults.Ok(new EvaluationPage([.. rows.Select(EvaluationAnswer.Of)], rows.Count, rows.Count == most ? rows[^1].Id : null));
    }

    private static Task<Results<Ok<EvaluationPage>, ProblemHttpResult>> AgentResultsAsync(ModelEvaluations evaluations, int? limit, CancellationToken cancellationToken) =>
        PageAsync(evaluations, null, null, null, limit, cancellationToken);

    private static Task<Results<Ok<EvaluationPage>, ProblemHttpResult>> AgentTrailAsync(
        ModelEvaluations evaluations, [FromQuery(Name = "model_version")] string? modelVersion, Guid? before, int? limit, CancellationToken cancellationToken) =>
        PageAsync(evaluations, modelVersion, null, before, limit ?? MostLimit, cancellationToken);

    private static async Task<Results<Ok<LeaderboardAnswer>, ProblemHttpResult>> LeaderboardAsync(
        Leaderboard leaderboard, TimeProvider time, string? @namespace, int? days, CancellationToken cancellationToken)
    {
        if ((days ?? DefaultDays) is not (>= 1 and <= MostDays))
        {
            return TypedResults.Problem(
                $"days must be a whole number from 1 to {MostDays}; {DefaultDays} where left out.", statusCode: StatusCodes.Status400BadRequest, title: "The range is not valid.");
        }

        DateTimeOffset from = time.GetUtcNow().AddDays(-(days ?? DefaultDays));
        return TypedResults.Ok(LeaderboardAnswer.Of(await leaderboard.ReadAsync(@namespace ?? ModelRouter.DefaultNamespace, from, cancellationToken), from, "own_decisions"));
    }

    private static async Task<Ok<LeaderboardAnswer>> AgentLeaderboardAsync(ModelEvaluations evaluations, CancellationToken cancellationToken) =>
        TypedResults.Ok(LeaderboardAnswer.Of(await evaluations.RankAsync(ModelRouter.DefaultNamespace, cancellationToken), null, "submissions"));
}
