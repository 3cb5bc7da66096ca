namespace FinObs.DataPlane.Access.Sessions;

/// <summary>
/// A browser sends its cookie along with whatever a page makes it send. A request that changes something and comes with the session alone must therefore show that a page of this host made it: by
/// <c>Sec-Fetch-Site: same-origin</c>, which browsers set and pages cannot, or by a header that no form can carry.
/// </summary>
internal static class CrossSiteGuard
{
    public const string Header = "X-FinObs-Request";

    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity is not { IsAuthenticated: true, AuthenticationType: SessionCookie.Scheme } || IsOwn(context.Request)) return next(context);
        return TypedResults.Problem(
            $"A session's request that changes something must come from a page of this host: send the header {Header}: 1 with it.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }

    private static bool IsOwn(HttpRequest request)
    {
        if (IsWebSocket(request)) return IsSameOrigin(request);
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || request.Headers["Sec-Fetch-Site"] == "same-origin" || request.Headers.ContainsKey(Header);
    }

    /// <summary>Opened by GET, over which anything may then be changed.</summary>
    private static bool IsWebSocket(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase) || request.Headers.ContainsKey("Sec-WebSocket-Key") || request.Headers.ContainsKey("Sec-WebSocket-Version");

    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "same-origin"
        || (Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out Uri? origin) && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
