namespace FinObs.DataPlane.Scorer;

/// <summary>Asks for the key before anything that uses or describes the model. Health and status are open: probes carry no key, and they say only names and reasons.</summary>
internal static class ScorerAccessGate
{
    private static readonly string[] Open =
    [
        "/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready", ScorerHealthApi.StatusPath,
        "/inference.GRPCInferenceService/ServerLive", "/inference.GRPCInferenceService/ServerReady",
    ];

    public static void UseScorerAccess(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (Open.Contains(context.Request.Path.Value) || await context.RequestServices.GetRequiredService<IScorerAccess>().AllowsAsync(context))
        {
            await next(context);
            return;
        }

        // gRPC clients read this as UNAUTHENTICATED, as gRPC maps HTTP.
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await ScorerErrors.WriteAsync(context, StatusCodes.Status401Unauthorized, "Send Authorization: Bearer with a key of Scorer:Access:ApiKeyFile, or with the token of a service account that Access:ServiceAccounts:Callers names, for its audience and still valid.");
    });
}
