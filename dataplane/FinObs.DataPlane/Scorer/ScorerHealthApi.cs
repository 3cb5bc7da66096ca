using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Scorer;

/// <summary>Health for probes, and the same with its reason for machines.</summary>
internal static class ScorerHealthApi
{
    public const string StatusPath = "/v1/scorer/status";

    public static void MapScorerHealth(this WebApplication app)
    {
        app.MapGet("/health/live", Live);
        app.MapGet("/health/ready", Ready);
        app.MapGet("/v2/health/live", Live);
        app.MapGet("/v2/health/ready", Ready);
        app.MapGet(StatusPath, (ScorerState state) => TypedResults.Ok(state.Status));
    }

    private static Ok<ScorerLiveness> Live() => TypedResults.Ok(new ScorerLiveness(true));

    private static JsonHttpResult<ScorerReadiness> Ready(ScorerState state)
    {
        ScorerStatus status = state.Status;
        return TypedResults.Json(
            new ScorerReadiness(state.IsReady, status.Reason, status.Message),
            statusCode: state.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>The process answers.</summary>
internal sealed record ScorerLiveness(bool Live);

/// <summary>It may be sent work, or why not.</summary>
internal sealed record ScorerReadiness(bool Ready, ScorerReason Reason, string Message);
