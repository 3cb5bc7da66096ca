using System.Text.Json.Serialization;
using FinObs.Operator.Reconciliation.Caching;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.Operator.Reconciliation;

/// <summary>Live: every loop moves. Ready: every cache is filled; a process that waits for the lease is ready too, to take over at once.</summary>
internal static class HealthApi
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/health");
        group.MapGet("/live", Live);
        group.MapGet("/ready", Ready);
        return app;
    }

    private static JsonHttpResult<HealthAnswer> Live(LoopHealth health)
    {
        IReadOnlyList<string> stuck = health.Stuck();
        return Answer(stuck.Count == 0, "live", "stuck", stuck);
    }

    private static JsonHttpResult<HealthAnswer> Ready(IEnumerable<IInformer> informers)
    {
        string[] missing = [.. informers.Where(informer => !informer.HasSynced).Select(informer => $"{informer.Kind} is not listed yet")];
        return Answer(missing.Length == 0, "ready", "starting", missing);
    }

    private static JsonHttpResult<HealthAnswer> Answer(bool good, string goodWord, string badWord, IReadOnlyList<string> why) =>
        TypedResults.Json(new HealthAnswer(good ? goodWord : badWord, why), statusCode: good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Answer of the health endpoints.</summary>
internal sealed record HealthAnswer([property: JsonPropertyName("status")] string Status, [property: JsonPropertyName("why")] IReadOnlyList<string> Why);
