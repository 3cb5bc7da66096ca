using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Callbacks.Api;

/// <summary>What cannot be done, in words that say what to do.</summary>
internal static class CallbackProblems
{
    public static ProblemHttpResult BadPage => TypedResults.Problem(
        "limit must be a whole number from 1 to 500, before the `next` of the page before, message a webhook-id.", statusCode: StatusCodes.Status400BadRequest, title: "The page is not valid.");

    public static ProblemHttpResult NoTarget(string @namespace, string name) => TypedResults.Problem(
        $"There is no CallbackTarget {name} in the namespace {@namespace}: GET /v1/namespaces/{@namespace}/callbacktargets lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    public static ProblemHttpResult NoLetter(string id) => TypedResults.Problem(
        $"There is no dead letter {id} of this target: it was replayed, or its retention is over.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    public static ProblemHttpResult NotSendable(string problem) => TypedResults.Problem(problem, statusCode: StatusCodes.Status409Conflict, title: "Nothing can be sent to it.");

    public static ProblemHttpResult NoUrl => TypedResults.Problem(
        "Send {\"url\": \"https://…\"}: where messages go, at most 2,048 characters, without user, password and fragment.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "The url is not valid.");

    public static ProblemHttpResult NotRegistered => TypedResults.Problem(
        "This url is not registered: GET /webhooks/callbacks lists those that are.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
}
