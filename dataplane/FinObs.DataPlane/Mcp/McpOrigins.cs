using FinObs.DataPlane.Access;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Mcp;

/// <summary>
/// A page in a browser may call these endpoints only if it is of this host or one of <c>Access:Cors:Origins</c>: else a page from anywhere could use what a browser shows, or reach a host inside a network by a name
/// of its own (DNS rebinding). Programs send no <c>Origin</c>. Where no access is configured, pages and names of other machines are refused before (see <c>LoopbackCallers</c>).
/// </summary>
internal static class McpOrigins
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<McpEndpoint>() is null || context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || IsKnown(context, origin)) return next(context);
        return TypedResults.Problem(
            "A page of another origin made this request: name it in Access:Cors:Origins if it may.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }

    private static bool IsKnown(HttpContext context, string origin)
    {
        AccessOptions access = context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value;
        return !access.IsConfigured
            || access.Cors.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && string.Equals(from.Authority, context.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Marks the endpoints of the protocol.</summary>
/// <param name="ReadOnly">Only tools that write nothing.</param>
internal sealed record McpEndpoint(bool ReadOnly);
