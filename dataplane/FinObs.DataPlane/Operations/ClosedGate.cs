using FinObs.DataPlane.Audit.Anchors;

namespace FinObs.DataPlane.Operations;

/// <summary>While the audit gate is closed nothing is changed through the API: what reads is answered, so that people can look.</summary>
internal static class ClosedGate
{
    private const string RetrySeconds = "30";

    public static void UseClosedGate(this WebApplication app) => app.Use((context, next) =>
    {
        if (app.Services.GetRequiredService<AuditGate>().Refusal is not { } refusal || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = RetrySeconds;
        return TypedResults.Problem(refusal, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The audit log is closed").ExecuteAsync(context);
    });
}
