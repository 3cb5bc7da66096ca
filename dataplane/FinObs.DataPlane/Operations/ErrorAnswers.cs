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
    }
}
