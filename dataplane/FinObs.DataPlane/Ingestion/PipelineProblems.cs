using System.Data.Common;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Answers for a pipeline that cannot take a batch: full (429) or without its database (503). Never an exception's text.</summary>
internal static class PipelineProblems
{
    private static readonly TimeSpan DatabaseRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>The problem and when to try again; <see langword="null"/> where the exception means something else.</summary>
    public static (BodyProblem Problem, TimeSpan RetryAfter)? Describe(Exception exception) => exception switch
    {
        PipelineOverloadedException e => (
            new BodyProblem(
                StatusCodes.Status429TooManyRequests, "overloaded", "The server has more to score than it can: nothing was stored, send it again after Retry-After seconds."),
            e.RetryAfter),
        PipelineClosedException e => (new BodyProblem(StatusCodes.Status503ServiceUnavailable, "audit_closed", e.Message), DatabaseRetryAfter),
        PipelineUnavailableException or DbException => (
            new BodyProblem(
                StatusCodes.Status503ServiceUnavailable,
                "database_unavailable",
                "The database cannot be reached: send the same request again after Retry-After seconds. Items with a transaction_id or an Idempotency-Key are stored once however often they are sent."),
            DatabaseRetryAfter),
        _ => null,
    };

    /// <summary>The problem as an answer, its Retry-After set.</summary>
    public static ProblemHttpResult ToResult(HttpContext http, BodyProblem problem, TimeSpan retryAfter)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString();
        return problem.ToResult();
    }

    /// <summary>Endpoint filter: a handler need not know of either.</summary>
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (Describe(e) is { } problem)
        {
            return ToResult(context.HttpContext, problem.Problem, problem.RetryAfter);
        }
    }
}
