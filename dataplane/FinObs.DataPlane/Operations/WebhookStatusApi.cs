using FinObs.DataPlane.Access;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Operations;

/// <summary><c>GET /webhooks/status</c>: how everything that comes in and goes out stands, each slice's part under its name.</summary>
internal static class WebhookStatusApi
{
    public static void MapWebhookStatus(this IEndpointRouteBuilder app) => app.MapGet("/webhooks/status", ReadAsync)
        .RequirePermission(Permissions.SystemMetricsRead)
        .WithTags("Operations").WithName("WebhookStatus").WithSummary("Queues, dead letters, breakers, pulls, readers of the stream: how what comes in and goes out stands.")
        .Produces<Dictionary<string, object>>();

    private static async Task<IResult> ReadAsync(IEnumerable<IStatusPart> parts, CancellationToken cancellationToken)
    {
        SortedDictionary<string, object> status = new(StringComparer.Ordinal);
        foreach (IStatusPart part in parts)
        {
            status[part.Name] = await part.ReadAsync(cancellationToken);
        }

        return TypedResults.Ok(status);
    }
}
