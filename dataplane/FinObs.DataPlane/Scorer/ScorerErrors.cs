using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Scorer;

/// <summary>The protocol's form of an error: <c>{"error": "…"}</c>. Never an exception's text.</summary>
internal static class ScorerErrors
{
    public static Task WriteAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ScorerError(message), context.RequestAborted);
    }

    public static void UseScorerErrors(this WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(context => WriteAsync(
            context, StatusCodes.Status500InternalServerError, "This is our fault and it is in the log of this pod. Sending the same again is safe.")));
        app.UseStatusCodePages(pages => WriteAsync(pages.HttpContext, pages.HttpContext.Response.StatusCode, "There is nothing here: this server speaks the Open Inference Protocol, see /v2."));
    }
}

/// <summary>An error on the wire.</summary>
internal sealed record ScorerError([property: JsonPropertyName("error")] string Error);
