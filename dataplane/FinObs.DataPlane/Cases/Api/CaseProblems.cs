using FinObs.DataPlane.Cases.Work;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>What cannot be done, in words that say what to do.</summary>
internal static class CaseProblems
{
    public static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request is not valid.");

    public static ProblemHttpResult Unknown => TypedResults.Problem("There is no such case: GET /v1/cases lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    public static ProblemHttpResult NoVersion => TypedResults.Problem(
        "Send the version of the case that you saw, as If-Match: \"7\" or as version in the body, so that nobody's change is overwritten unseen.",
        statusCode: StatusCodes.Status428PreconditionRequired, title: "Which version did you see?");

    public static ProblemHttpResult Of(CaseOutcome outcome)
    {
        (int status, string detail) = Told(outcome);
        return TypedResults.Problem(detail, statusCode: status, title: status == StatusCodes.Status404NotFound ? "Not found." : "It was not done.");
    }

    /// <summary>Status and sentence of what was not done.</summary>
    public static (int Status, string Detail) Told(CaseOutcome outcome) => outcome switch
    {
        CaseOutcome.Stale stale => (StatusCodes.Status409Conflict, $"Somebody changed the case since: it is at version {stale.Version} now. Read it again, then decide anew."),
        CaseOutcome.Locked locked => (StatusCodes.Status409Conflict, $"{locked.By} holds the case until {locked.Until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}: ask them to let it go, or wait."),
        CaseOutcome.Refused refused => (StatusCodes.Status422UnprocessableEntity, refused.Why),
        CaseOutcome.Busy => (StatusCodes.Status503ServiceUnavailable, "Too many change the case at this moment: try again."),
        _ => (StatusCodes.Status404NotFound, "There is no such case: GET /v1/cases lists them."),
    };
}
