using FinObs.DataPlane.Pii;

namespace FinObs.DataPlane.Operations;

/// <summary>Whatever went wrong, the answer is a ProblemDetails that says what to do, and never an exception's text.</summary>
internal static class ErrorAnswers
{
    public static void UseFinObsErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages();
        app.Use(RefuseNul);
    }

    public static void AddFinObsErrors(this IServiceCollection services) => services.AddProblemDetails(options =>
        options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Detail ??= Advice(context.ProblemDetails.Status);
            if (context.ProblemDetails.Detail is { } detail)
            {
                context.ProblemDetails.Detail = context.HttpContext.RequestServices.GetRequiredService<PiiGuard>().Clean(detail);
            }
        });

    private static string? Advice(int? status) => status switch
    {
        StatusCodes.Status400BadRequest => "A parameter could not be read: compare its name and form with /docs.",
        StatusCodes.Status404NotFound => "There is nothing at this path: /docs lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This path does not take this method: /docs lists what it takes.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this path takes: send less at once.",
        StatusCodes.Status415UnsupportedMediaType => "This path takes application/json in UTF-8: say so in Content-Type.",
        StatusCodes.Status500InternalServerError => "This is our fault and it is in the log under the trace id. Sending the same again is safe.",
        _ => null,
    };

    /// <summary>PostgreSQL cannot hold a NUL in a text, so none can match one: said here, once, for every query.</summary>
    private static Task RefuseNul(HttpContext context, RequestDelegate next) =>
        context.Request.Query.Any(pair => pair.Key.Contains('\0', StringComparison.Ordinal) || pair.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
            ? TypedResults.Problem("A query parameter holds a NUL character: remove it.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context)
            : next(context);
}
