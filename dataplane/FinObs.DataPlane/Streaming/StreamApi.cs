using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Streaming;

/// <summary><c>GET /webhooks/stream</c>: every decision as a Server-Sent Event, resumable by Last-Event-ID.</summary>
internal static class StreamApi
{
    /// <summary>What a new reader is shown of the past.</summary>
    private const int ReplayOnConnect = 50;

    public static IServiceCollection AddStreaming(this IServiceCollection services)
    {
        services.AddSingleton<DecisionLog>();
        services.AddSingleton<DecisionTails>();
        services.AddSingleton<DecisionFeed>();
        services.AddSingleton<StreamFigures>();
        services.AddSingleton<IStatusPart>(provider => provider.GetRequiredService<StreamFigures>());
        return services;
    }

    public static IEndpointRouteBuilder MapStreaming(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/webhooks/stream").WithTags("Stream").RequirePermission(Permissions.TransactionRead);
        group.MapGet("", StreamAsync).WithName("Stream")
            .WithSummary("Decisions as they are made (text/event-stream). Ids are dense per namespace; send the last one as Last-Event-ID to go on without a gap.")
            .Produces<TransactionResult>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/status", (StreamFigures figures) => TypedResults.Ok(figures.Status())).WithName("StreamStatus")
            .WithSummary("How many read the stream on this replica, and how many recent decisions it holds in memory for them.");
        return app;
    }

    private static async Task<IResult> StreamAsync(HttpRequest request, DecisionFeed feed, StreamFigures figures, TimeProvider time, [AsParameters] StreamQuery query, CancellationToken cancellationToken)
    {
        (StreamFilter? filter, string? problem) = query.Check();
        if (filter is null)
        {
            return Refused(problem!, "The stream's filter is not valid.");
        }

        string? last = request.Headers["Last-Event-ID"].FirstOrDefault() ?? query.LastEventId;
        long after = 0;
        if (last is not null && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Refused("Last-Event-ID must be an id that this stream gave, a whole number; leave it out to start with the latest decisions.", "Last-Event-ID is not valid.");
        }

        string from = query.Namespace ?? "default";
        long start = last is null ? await feed.StartAsync(from, ReplayOnConnect, cancellationToken) : after;
        return new StreamResult(feed.ReadAsync(from, start, cancellationToken), start, filter, figures, time);
    }

    private static ProblemHttpResult Refused(string detail, string title) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: title);
}
