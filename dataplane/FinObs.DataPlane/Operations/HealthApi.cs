using System.Text.Json.Serialization;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Operations;

/// <summary>Live: the process answers. Ready: send it work.</summary>
internal static class HealthApi
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/health").WithTags("Operations").AllowAnonymous();
        group.MapGet("/live", Live).WithName("Live").WithSummary("The process answers.");
        group.MapGet("/ready", ReadyAsync).WithName("Ready").WithSummary("Database and model are there: work may be sent.");
        return app;
    }

    private static Ok<HealthAnswer> Live() => TypedResults.Ok(new HealthAnswer("live", null, null));

    private static async Task<Results<Ok<HealthAnswer>, JsonHttpResult<HealthAnswer>>> ReadyAsync(
        Readiness readiness, AuditGate gate, IDatabase database, ModelRouter router, RuleBook rules, CancellationToken cancellationToken)
    {
        if (gate.Refusal is { } refusal)
        {
            return TypedResults.Json(new HealthAnswer("audit_closed", null, null, refusal), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        await using FinObsDbContext db = database.CreateContext();
        if (!readiness.IsReady || !await db.Database.CanConnectAsync(cancellationToken))
        {
            return TypedResults.Json(new HealthAnswer(readiness.IsReady ? "database_away" : "starting", null, null), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        // Without a model the host still takes transactions in and sends them to review, so it stays ready and says so.
        return TypedResults.Ok(new HealthAnswer("ready", router.Route("default")?.Identity.ModelVersion ?? "unavailable", RulesOf(rules)));
    }

    /// <summary>Newer files that were refused do not make the host unready: the last good rules decide.</summary>
    private static string? RulesOf(RuleBook rules) => rules.FullPath is null ? null : rules.State.IsStale ? "last_good" : "in_force";
}

/// <summary>Answer of the health endpoints.</summary>
internal sealed record HealthAnswer(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("model"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonPropertyName("rules"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rules,
    [property: JsonPropertyName("detail"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);
