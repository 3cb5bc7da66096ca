namespace FinObs.DataPlane.Access.Guarding;

/// <summary>What browsers are told of each answer. Pages run what this host serves and nothing else; data is shown, never run; nobody frames either.</summary>
internal static class SecurityHeaders
{
    private const string ForData = "default-src 'none'; frame-ancestors 'none'";
    private const string ForPages =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The reference of the API sets itself up in a script within the page.</summary>
    private const string ForReference = ForPages + "; script-src 'self' 'unsafe-inline'";

    private const string Forever = "max-age=31536000";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            HttpContext context = (HttpContext)state;
            IHeaderDictionary headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.XFrameOptions = "DENY";
            if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = PolicyOf(context);
            if (context.Request.IsHttps) headers.StrictTransportSecurity = Forever;
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    private static string PolicyOf(HttpContext context) =>
        context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true ? ForData
        : context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal) ? ForReference
        : ForPages;
}
