using System.Net;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>
/// Where no access is configured, the machine is the fence, and a browser on it is a hole: a page from anywhere can send requests to localhost, and under a name of its own that it lets point there
/// even read the answers (DNS rebinding). So only requests that are meant for this machine are heard, and none that a page of another host makes.
/// </summary>
internal static class LoopbackCallers
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsLoopback(context.Request.Host.Host))
        {
            return TypedResults.Problem(
                "No access is configured, so this host answers to localhost, 127.0.0.1 and [::1] only. To reach it by another name, configure who may come in (docs/access.md).",
                statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
        }

        bool isForeign = context.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && IsLoopback(from.Host));
        return isForeign
            ? TypedResults.Problem("A page of another host made this request, and no access is configured: configure who may come in (docs/access.md).", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
