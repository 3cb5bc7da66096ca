using FinObs.DataPlane.Approvals.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Approvals.Api;

/// <summary>What cannot be done, in words that say what to do.</summary>
internal static class ApprovalProblems
{
    public static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request is not valid.");

    public static ProblemHttpResult Unknown => TypedResults.Problem("There is no such request: GET /v1/approvals lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    public static ProblemHttpResult Of(ApprovalOutcome outcome) => outcome switch
    {
        ApprovalOutcome.OtherHash other => Conflict($"What is asked is not what you decided on: its boundHash is {other.Hash}. Read the request again and decide anew."),
        ApprovalOutcome.Closed { Status: ApprovalStatus.Expired } => Conflict("Its time is over: whoever wants it has to ask again."),
        ApprovalOutcome.Closed closed => Conflict($"It is decided already ({closed.Status}): GET it to see by whom."),
        ApprovalOutcome.NotYours no => TypedResults.Problem(no.Why, statusCode: StatusCodes.Status403Forbidden, title: "You cannot decide on this."),
        ApprovalOutcome.Busy => TypedResults.Problem("Too many decide on it at this moment: try again.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Busy."),
        _ => Unknown,
    };

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "It cannot be decided so.");
}
