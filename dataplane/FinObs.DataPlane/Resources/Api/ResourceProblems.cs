using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Resources.Api;

/// <summary>What the door does not do, in words that say what to do, and a code for programs.</summary>
internal static class ResourceProblems
{
    private const string InvalidCode = "invalid";

    public static ProblemHttpResult NotJson => Problem(
        StatusCodes.Status415UnsupportedMediaType, "Not JSON", "not_json", "Send JSON with Content-Type: application/json.");

    public static ProblemHttpResult NoKind(string kind) => Problem(
        StatusCodes.Status404NotFound, "Not found", "no_such_kind", $"There is no kind {kind}: use one of {string.Join(", ", ResourceKinds.All.Select(known => known.Plural))}.");

    public static ProblemHttpResult NoFolder(string detail) => Problem(StatusCodes.Status404NotFound, "Not found", "no_folder", detail);

    public static ProblemHttpResult BadQuery(string detail) => Problem(StatusCodes.Status400BadRequest, "Bad request", "bad_query", detail);

    public static ProblemHttpResult Invalid(IReadOnlyList<FieldError> errors)
    {
        FieldError first = errors[0];
        string more = errors.Count == 1 ? "" : $" ({errors.Count - 1} more: see errors)";
        SortedDictionary<string, string[]> byField = new(errors.GroupBy(error => error.Path).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray()), StringComparer.Ordinal);
        return TypedResults.Problem(
            $"{first.Path}: {first.Message}{more}.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "The resource is not valid",
            extensions: [KeyValuePair.Create<string, object?>("code", InvalidCode), KeyValuePair.Create<string, object?>("errors", byField)]);
    }

    /// <summary>Of an outcome that is no success.</summary>
    public static ProblemHttpResult Of(DoorOutcome outcome, ResourceKey key) => outcome switch
    {
        DoorOutcome.Invalid { Errors: var errors } => Invalid(errors),
        DoorOutcome.Refused { Code: var code, Why: var why } => Problem(StatusCodes.Status409Conflict, "Not changed", code, why),
        DoorOutcome.NotFound => Problem(StatusCodes.Status404NotFound, "Not found", "not_found", $"There is no {key.Kind} {key.Name} in the namespace {key.Namespace}."),
        _ => throw new ArgumentException("A success is no problem.", nameof(outcome)),
    };

    private static ProblemHttpResult Problem(int status, string title, string code, string detail) => TypedResults.Problem(
        detail, statusCode: status, title: title, extensions: [KeyValuePair.Create<string, object?>("code", code)]);
}
