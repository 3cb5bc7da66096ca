using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using Microsoft.AspNetCore.Http.Features;

namespace FinObs.DataPlane.Streaming;

/// <summary><c>GET /webhooks/stream</c>: every decision as a Server-Sent Event, resumable by Last-Event-ID.</summary>
internal static class StreamApi
{
    /// <summary>What a new reader is shown of the past.</summary>
    private const int ReplayOnConnect = 50;

    /// <summary>Comments keep proxies from closing a quiet connection.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddStreaming(this IServiceCollection services) => services.AddSingleton<DecisionFeed>();

    public static IEndpointRouteBuilder MapStreaming(this IEndpointRouteBuilder app)
    {
        app.MapGet("/webhooks/stream", StreamAsync).WithName("Stream").WithTags("Stream")
            .WithSummary("Decisions as they are made (text/event-stream). Ids are dense per namespace; send the last one as Last-Event-ID to go on without a gap.")
            .Produces<TransactionResult>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return app;
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context, DecisionFeed feed, TimeProvider time, string? @namespace, bool? flagged_only, string? last_event_id, CancellationToken cancellationToken)
    {
        string? last = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? last_event_id;
        if (last is not null && (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long parsed) || parsed < 0))
        {
            return TypedResults.Problem(
                "Last-Event-ID must be an id that this stream gave, a whole number; leave it out to start with the latest decisions.",
                statusCode: StatusCodes.Status400BadRequest, title: "Last-Event-ID is not valid.");
        }

        string from = @namespace ?? "default";
        long start = last is null ? await feed.StartAsync(from, ReplayOnConnect, cancellationToken) : long.Parse(last, CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await WriteAsync(context.Response, feed.ReadAsync(from, start, cancellationToken), flagged_only ?? false, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader went away, or the host stops: either way it comes back with its last id.
        }

        return TypedResults.Empty;
    }

    private static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<FeedItem> items, bool flaggedOnly, TimeProvider time, CancellationToken cancellationToken)
    {
        await response.WriteAsync(": connected\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        long quietSince = time.GetTimestamp();
        await foreach (FeedItem item in items.WithCancellation(cancellationToken))
        {
            string? text = TextOf(item, flaggedOnly);
            if (text is null && time.GetElapsedTime(quietSince) >= KeepAlive)
            {
                text = ": keepalive\n\n";
            }

            if (text is not null)
            {
                await response.WriteAsync(text, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                quietSince = time.GetTimestamp();
            }
        }
    }

    private static string? TextOf(FeedItem item, bool flaggedOnly) => item switch
    {
        { IsReset: true } => $"id: {item.EventId}\nevent: reset\ndata: {{\"reason\":\"the id is not in the log any more; decisions follow from here\"}}\n\n",
        { Result: null } => null,
        _ when flaggedOnly && item.Result.Decision == Decision.Approve => null,
        _ => $"id: {item.EventId}\ndata: {JsonSerializer.Serialize(item.Result, JsonSerializerOptions.Web)}\n\n",
    };
}
